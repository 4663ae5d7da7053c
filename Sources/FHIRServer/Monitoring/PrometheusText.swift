/// Builds Prometheus' text exposition format 0.0.4.
package struct PrometheusText: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    package init() {}

    /// Begins a metric; its samples follow.
    package mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// Adds a sample. Label values are our own words, so they need no escaping.
    package mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some Numeric) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// A metric with one sample.
    package mutating func single(_ name: String, _ type: String, _ help: String, _ value: some Numeric) {
        begin(name, type, help)
        sample(name, [], value)
    }
}
