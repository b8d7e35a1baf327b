/** Why a Pod gets no sidecars though it should: a short word for metrics, a message for people, and a status where it is refused. */
export class Failure extends Error {
  constructor(reason, message, status, options) {
    super(message, options)
    this.reason = reason
    this.status = status
  }
}
