import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// What results mean for the orders that they answer. §2.5.2, §2.5.4, F-26.
struct ResultFollowUp: Sendable {
    let store: FHIRStore
    let finder: ResourceFinder

    /// Orders that are stored, with the reports that answer them already.
    struct Orders: Sendable {
        /// By the id that the mapping would give a new order.
        var versions: [String: StoredVersion] = [:]
        /// By id of the order.
        var reports: [String: [StoredVersion]] = [:]
    }

    /// Reads the reports that answer the orders already.
    func loadReports(of orders: inout Orders) async throws {
        guard let type = store.definitions.resourceType(named: "DiagnosticReport") else { return }
        for id in Set(orders.versions.values.map(\.stamp.id)).sorted() {
            orders.reports[id] = try await finder.find(type, [("based-on", "ServiceRequest/\(id)")], limit: 200)
        }
    }

    /// The stored report that a new one repeats under another filler number; nil if it is no such repetition.
    func replaced(by report: MappedReport, _ orders: Orders) -> String? {
        guard report.placer != nil, let filler = report.filler, !report.effective.isEmpty,
            let order = report.orderID.flatMap({ orders.versions[$0] })
        else { return nil }
        let match = (orders.reports[order.stamp.id] ?? []).first { version in
            guard let node = version.node, "DiagnosticReport/\(version.stamp.id)" != report.address else {
                return false
            }
            let identifiers = node["identifier"]?.items ?? []
            let codes = (node["code"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
            let effective = node["effectiveDateTime"]?.string ?? node["effectivePeriod"]?["start"]?.string
            return codes.contains(report.code) && effective == report.effective
                && !identifiers.contains { $0["value"]?.string == filler.value }
        }
        return match.map { "DiagnosticReport/\($0.stamp.id)" }
    }

    /// Commands for orders of which nothing more is to come, or whose questions were answered; each rests on the
    /// version that was read.
    /// - Parameter isStored: whether the report of this address is written, and not left alone as older.
    func complete(
        _ reports: [MappedReport], _ orders: Orders, isWritten: (String) -> Bool, in plan: inout LabResults.Plan
    ) async throws {
        var byOrder: [String: (version: StoredVersion, reports: [MappedReport])] = [:]
        for report in reports {
            guard let order = report.orderID.flatMap({ orders.versions[$0] }) else { continue }
            byOrder[order.stamp.id, default: (order, [])].reports.append(report)
        }
        for (id, entry) in byOrder.sorted(by: { $0.key < $1.key }) {
            guard let node = entry.version.node else { continue }
            var states: [String: String] = [:]
            for stored in orders.reports[id] ?? [] {
                states["DiagnosticReport/\(stored.stamp.id)"] = stored.node?["status"]?.string ?? ""
            }
            for report in entry.reports where isWritten(report.address) { states[report.address] = report.status }
            let isOpen = ["active", "on-hold", "draft", "unknown"].contains(node["status"]?.string ?? "")
            let isDone = isOpen && !states.isEmpty && states.values.allSatisfy(MappedReport.isDone)
            let listed = Set((node["supportingInfo"]?.items ?? []).compactMap { $0["reference"]?.string })
            let information = entry.reports.flatMap(\.information).filter { !listed.contains($0) }
            guard isDone || !information.isEmpty else { continue }
            let json = JSONEdit.edit(
                node, strings: isDone ? ["status": "completed"] : [:],
                references: information.isEmpty ? [:] : ["supportingInfo": information])
            try await add(json, entry.version, "ServiceRequest", to: &plan)
            if isDone { try await completeTask(of: "ServiceRequest/\(id)", in: &plan) }
        }
    }

    /// The task that came with the order is done with it.
    private func completeTask(of order: String, in plan: inout LabResults.Plan) async throws {
        guard let type = store.definitions.resourceType(named: "Task"), store.tables.contains(type) else { return }
        let tasks = try await finder.find(type, [("focus", order), ("code", "fulfill")], limit: 3)
        for task in tasks {
            guard let node = task.node,
                !["completed", "cancelled", "rejected", "failed", "entered-in-error"]
                    .contains(node["status"]?.string ?? "")
            else { continue }
            try await add(JSONEdit.edit(node, strings: ["status": "completed"]), task, "Task", to: &plan)
        }
    }

    /// Writes a resource that was read, if it is still as it was.
    func add(
        _ json: [UInt8], _ version: StoredVersion, _ typeName: String, to plan: inout LabResults.Plan
    ) async throws {
        let input = ResourceInput(type: version.type, document: try Document.parse(json, limits: .fhir))
        try await store.check(input)
        plan.job.statements.append(RowGuard(store: store).statement(version))
        plan.job.commands.append(store.updateCommand(input, id: version.stamp.id))
        plan.resources.append("\(typeName)/\(version.stamp.id)")
    }
}

/// Small changes to a stored resource.
enum JSONEdit {
    /// - Parameters:
    ///   - strings: values of members to set.
    ///   - references: references to add to lists, unless they are there.
    static func edit(
        _ node: JSONNode, strings: [String: String] = [:], references: [String: [String]] = [:]
    ) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: node.source.count + 128)
        var rest = references
        var texts = strings
        writer.beginObject()
        for (key, value) in node.members {
            writer.key(named: key)
            if let text = texts.removeValue(forKey: key) {
                writer.string(text)
            } else if let added = rest.removeValue(forKey: key) {
                write(added, after: value.items, to: &writer)
            } else {
                writer.copy(value)
            }
        }
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            writer.key(named: key)
            writer.string(text)
        }
        for (key, added) in rest.sorted(by: { $0.key < $1.key }) where !added.isEmpty {
            writer.key(named: key)
            write(added, after: [], to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ added: [String], after items: [JSONNode], to writer: inout JSONWriter) {
        writer.beginArray()
        for item in items { writer.copy(item) }
        let listed = Set(items.compactMap { $0["reference"]?.string })
        for reference in added where !listed.contains(reference) {
            writer.beginObject()
            writer.key(named: "reference")
            writer.string(reference)
            writer.endObject()
        }
        writer.endArray()
    }
}
