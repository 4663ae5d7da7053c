import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Decides on each resource of one patient's results, makes the commands, and notes whom to tell. §2.5.4.
struct ResultWriter {
    let store: FHIRStore
    let mapping: ORUMapping
    /// Nil where nothing of the message is stored.
    let stored: StoredContents?
    let known: ResultGuards.Known
    let isRetry: Bool
    private(set) var changes: [ResultGuards.Change] = []
    /// `Type/id` of what was not left alone as older.
    private(set) var written: Set<String> = []
    /// `Observation/<id>` by what is to be told and the rank of the report.
    private var notices: [Notice: [String]] = [:]
    private var wrong: [MappedResource] = []

    private struct Notice: Hashable {
        let kind: ORUMapping.NoticeKind
        let group: Int
    }

    init(
        store: FHIRStore, mapping: ORUMapping, stored: StoredContents?, known: ResultGuards.Known, isRetry: Bool
    ) {
        self.store = store
        self.mapping = mapping
        self.stored = stored
        self.known = known
        self.isRetry = isRetry
    }

    mutating func write(_ resource: MappedResource, in plan: inout LabResults.Plan) async throws {
        var resource = resource
        let old = known.stamps[resource.address]
        if mapping.profile.cancellationMeansWrong, resource.notice?.status == "cancelled", old?.isFinished == true {
            resource.takeBack()
        }
        var isRepeated = false
        if let stamp = resource.stamp {
            let decision = ResultDecision(
                stored: old, incoming: stamp, allowsUnfinalising: mapping.profile.allowsUnfinalising)
            guard accept(resource, decision, isStored: old != nil, in: &plan) else { return }
            isRepeated = decision == .repeated
            changes.append(ResultGuards.Change(id: resource.address, old: old, new: stamp))
            if resource.type == "Observation" || resource.type == "DiagnosticReport" { plan.hasResult = true }
        }
        if resource.isMention, known.present.contains(resource.address) {
            written.insert(resource.address)
            return
        }
        let (command, differs) = try await self.command(resource, isKnown: isRetry || old != nil)
        plan.job.commands.append(command)
        plan.resources.append(resource.address)
        written.insert(resource.address)
        guard let notice = resource.notice else { return }
        if isRepeated, differs {
            plan.warnings.append(
                Acknowledgement.Issue(
                    .duplicateKey, .warning, at: resource.location,
                    userMessage: "another content with the same time stamp"))
        }
        if !isRepeated || differs { note(resource, notice, old) }
    }

    /// Whether the result is written; notes in the plan why it is not.
    private func accept(
        _ resource: MappedResource, _ decision: ResultDecision, isStored: Bool, in plan: inout LabResults.Plan
    ) -> Bool {
        switch decision {
        case .apply where resource.storedValue == .required && !isStored:
            plan.review = "a change of status came for a result that is not stored"
        case .apply, .repeated:
            return true
        case .superseded:
            break
        case .review:
            plan.review = "a preliminary result came after a final one"
        }
        plan.superseded.append(resource.address)
        return false
    }

    // MARK: - Commands

    /// The command, and whether it changes what is stored.
    /// - Parameter isUnasked: nobody has looked whether the resource is stored.
    private func command(
        _ resource: MappedResource, isKnown: Bool, isUnasked: Bool = false
    ) async throws -> (WriteCommand, differs: Bool) {
        guard let type = store.definitions.resourceType(named: resource.type) else {
            throw StoreError(.fault, "the mapping made a resource of unknown type")
        }
        var json = resource.json
        var before: JSONNode?
        if isKnown, let content = stored?[resource.address]?.content {
            let node = JSONNode(try Document.parse(content))
            before = node
            if resource.type == "DiagnosticReport" { json = try ReportMerge.merge(json, into: content) }
            if resource.storedValue != .replace { json = try StoredValue.keep(of: content, in: json) }
            if resource.type == "Observation" { json = try Self.keepLinks(of: node, in: json) }
        }
        let document = try Document.parse(json, limits: .fhir)
        let input = ResourceInput(type: type, document: document)
        try await store.check(input)
        let differs = before.map { StoredContents.differ($0, JSONNode(document)) } ?? true
        switch resource.matching {
        case .update:
            // A result without a stored stamp is new, so the plain insert does; if it is not, the key refuses it.
            let command =
                isKnown ? store.updateCommand(input, id: resource.id) : store.createCommand(input, id: resource.id)
            return (command, differs)
        case .createIfAbsent, .order, .patient:
            // What was never there is inserted without a look; if it came since, its key refuses it.
            let isNew = resource.isMention && !isRetry && !isUnasked && !known.gone.contains(resource.address)
            let command =
                isNew
                ? store.createCommand(input, id: resource.id)
                : store.updateCommand(input, id: resource.id, WritePrecondition(mustBeNew: true))
            return (command, differs)
        }
    }

    /// Members and sources that other messages told of stay.
    private static func keepLinks(of stored: JSONNode, in json: [UInt8]) throws -> [UInt8] {
        var links: [String: [String]] = [:]
        for key in ["hasMember", "derivedFrom"] {
            let references = (stored[named: key]?.items ?? []).compactMap { $0["reference"]?.string }
            if !references.isEmpty { links[key] = references }
        }
        guard !links.isEmpty else { return json }
        return JSONEdit.edit(JSONNode(try Document.parse(json)), references: links)
    }

    // MARK: - Telling

    private mutating func note(_ resource: MappedResource, _ notice: ResultNotice, _ old: ResultStamp?) {
        func add(_ kind: ORUMapping.NoticeKind) {
            notices[Notice(kind: kind, group: notice.group), default: []].append(resource.address)
        }
        switch notice.status {
        case "corrected", "amended": if old?.isFinished == true { add(.corrected) }
        case "entered-in-error": if old != nil { add(.enteredInError) }
        default: break
        }
        if notice.isCritical, ["preliminary", "final", "corrected", "amended"].contains(notice.status) {
            add(.critical)
        }
        if notice.isWrong { wrong.append(resource) }
    }

    /// Adds the messages to those who ordered, and the tasks for what was filed wrongly.
    func tell(
        _ reports: [MappedReport], patientID: String?, orders: ResultFollowUp.Orders, in plan: inout LabResults.Plan
    ) async throws {
        guard !notices.isEmpty || !wrong.isEmpty else { return }
        var made: [MappedResource] = []
        var critical: [String] = []
        let byReport = notices.sorted { ($0.key.group, $0.key.kind.rawValue) < ($1.key.group, $1.key.kind.rawValue) }
        for (notice, results) in byReport {
            guard let report = reports.first(where: { $0.group == notice.group }) else { continue }
            let known = report.orderID.flatMap { orders.versions[$0] }
            let order = report.orderID.flatMap { id -> String? in
                if let known { return "ServiceRequest/\(known.stamp.id)" }
                return written.contains("ServiceRequest/\(id)") ? "ServiceRequest/\(id)" : nil
            }
            made += mapping.recipientResources(report)
            made.append(
                mapping.communication(notice.kind, report, results: results, patientID: patientID, order: order))
            guard notice.kind == .critical else { continue }
            critical.append(report.address)
            let requester = known?.node?["requester"]?["reference"]?.string
            made.append(mapping.reviewTask(report, patientID: patientID, order: order, requester: requester))
        }
        made += wrong.map { mapping.wrongResultTask($0, patientID: patientID) }
        var seen = written
        for resource in made where seen.insert(resource.address).inserted && isKept(resource) {
            plan.job.commands.append(try await command(resource, isKnown: false, isUnasked: true).0)
            if resource.type == "Communication" || resource.type == "Task" { plan.resources.append(resource.address) }
        }
        guard !critical.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: critical)
        parameters.append(int64: store.clock().microsecondsSince1970)
        plan.job.statements.append((Self.noteCritical, parameters))
    }

    /// A store may be made without the table of tasks.
    private func isKept(_ resource: MappedResource) -> Bool {
        guard resource.type == "Task" else { return true }
        return store.definitions.resourceType(named: "Task").map(store.tables.contains) ?? false
    }

    private static let noteCritical = SQLStatement(
        "SELECT hl7_note_critical($1::text[], 'epoch'::timestamptz + $2::int8 * interval '1 microsecond')")
}
