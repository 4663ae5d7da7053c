import FHIRStore

extension Monitoring {
    /// How far the chain of records is behind what happened, of all servers on the database; left out where no record
    /// is kept, and while the database cannot be reached.
    static func writeAudit(of store: FHIRStore, to text: inout PrometheusText) async {
        guard let backlog = try? await store.audit?.backlog() else { return }
        text.single(
            "martlet_audit_waiting", "gauge", "Entries of the record that are not chained yet, up to 100000.",
            backlog.entries)
        text.single(
            "martlet_audit_lag_seconds", "gauge", "Age of the oldest entry that is not chained yet.",
            backlog.oldestSeconds)
    }
}
