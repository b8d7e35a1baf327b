/** What is wrong with a request as HTTP: its status and a message for whoever sent it. */
export class HttpProblem extends Error {
  constructor(status, message, headers = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}
