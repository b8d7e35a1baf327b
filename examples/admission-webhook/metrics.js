import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What Prometheus reads. Labels hold words of a closed list only: never a namespace or a name, of which there is no end. */
export function createMetrics(queue) {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const gauge = (name, help, value) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      }
    })
  gauge('hermes_webhook_scripts_running', 'Loader scripts that run now.', queue.running)
  gauge('hermes_webhook_scripts_waiting', 'Decisions that wait for their turn to run the loader script.', queue.waiting)
  return {
    register,
    reviews: new Counter({
      name: 'hermes_webhook_reviews_total',
      help: 'Answered AdmissionReviews: injected, unchanged, skipped or failed, and why.',
      labelNames: ['result', 'reason'],
      registers
    }),
    reviewSeconds: new Histogram({
      name: 'hermes_webhook_review_duration_seconds',
      help: 'From the head of a request to its answer.',
      labelNames: ['result'],
      buckets: seconds,
      registers
    }),
    scriptSeconds: new Histogram({
      name: 'hermes_webhook_script_duration_seconds',
      help: 'Decisions by the loader script, without the time in the queue.',
      buckets: seconds,
      registers
    }),
    refused: new Counter({
      name: 'hermes_webhook_refused_requests_total',
      help: 'Requests that were no AdmissionReview, by HTTP status.',
      labelNames: ['status'],
      registers
    }),
    certificateExpiry: new Gauge({
      name: 'hermes_webhook_certificate_expiry_timestamp_seconds',
      help: 'When the certificate in use expires.',
      registers
    }),
    certificateLoads: new Counter({
      name: 'hermes_webhook_certificate_loads_total',
      help: 'Certificates taken up, and files that could not be.',
      labelNames: ['result'],
      registers
    })
  }
}
