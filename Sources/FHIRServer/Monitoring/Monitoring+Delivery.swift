import FHIRStore
import HL7Ingest

extension Monitoring {
    /// What waits for the receivers of HL7 v2 messages; left out while the database cannot be reached. Names of
    /// destinations are letters, digits, dots, hyphens and underscores, so they need no escaping.
    static func writeDelivery(of store: FHIRStore, to text: inout PrometheusText) async {
        guard let backlogs = try? await DeliveryBacklog.all(in: store), !backlogs.isEmpty else { return }
        let gauges: [(String, String, KeyPath<DeliveryBacklog, Int64>)] = [
            ("waiting", "HL7 v2 messages that are not yet through.", \.waiting),
            ("dead", "HL7 v2 messages that were given up.", \.dead),
            ("oldest_seconds", "Age of the oldest HL7 v2 message that waits.", \.oldestSeconds),
        ]
        for (name, help, value) in gauges {
            text.begin("martlet_hl7_delivery_\(name)", "gauge", help)
            for backlog in backlogs {
                text.sample(
                    "martlet_hl7_delivery_\(name)", [("destination", backlog.destination)], backlog[keyPath: value])
            }
        }
    }
}
