import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// Applies orders (ORM, OML): finds the orders they are about, lets the map decide by their state, and applies what it
/// states.
struct OrderMessageHandler: MessageHandler {
    private let store: FHIRStore
    private let service: SearchService
    private let identities: IdentityTable
    private let statements: StatedMessageHandler

    init(store: FHIRStore, service: SearchService) {
        self.store = store
        self.service = service
        identities = IdentityTable(store: store)
        statements = StatedMessageHandler(store: store, service: service)
    }

    var messageTypes: Set<String> { Set(OrderMapping.kinds.keys) }

    func takes(_ header: MessageHeader) -> Bool {
        OrderMapping.kinds[header.messageType]?.contains(header.triggerEvent) ?? false
    }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        let mapping = try OrderMapping(inbound.message, profile: inbound.profile)
        let queries = mapping.queries
        let numbers = Set(queries.flatMap { [$0.placer, $0.printed, $0.filler].compactMap(\.self) })
        try await identities.lock(orders: numbers, in: transaction)
        let patient = try await patientID(mapping.patient, in: transaction)
        var known: [[OrderMapping.Known]] = []
        var parents: [String?] = []
        for query in queries {
            let orders = try await orders(query, in: transaction)
            if orders.contains(where: { $0.subject != patient.map { "Patient/" + $0 } }) {
                return .hold("the order number belongs to another patient")
            }
            known.append(try await orders.asyncMap { try await self.known($0, in: transaction) })
            parents.append(try await parent(query, in: transaction))
        }
        let stated = mapping.stated(known, parents: parents)
        return try await statements.apply(stated, profile: inbound.profile, in: transaction)
    }

    // MARK: - Looking up

    private struct StoredOrder {
        let type: String
        let version: StoredVersion
        let node: JSONNode
        var subject: String? { node["subject"]?["reference"]?.string }
    }

    /// Nil for a patient who is not stored, or whose identifiers belong to several; the latter is held later on.
    private func patientID(_ patient: StatedResource, in transaction: StoreTransaction) async throws -> String? {
        var finder = StoredResourceFinder(store: store, service: service, identities: identities)
        guard case .one(let version) = try await finder.find(patient, in: transaction) else { return nil }
        return version.stamp.id
    }

    /// By placer number, else by filler number; of several under one number those with the code, because a number may
    /// stand for several orders (F-38).
    private func orders(_ query: OrderMapping.Query, in transaction: StoreTransaction) async throws -> [StoredOrder] {
        for identifier in [query.placer, query.printed, query.filler].compactMap(\.self) {
            var found: [StoredOrder] = []
            for type in query.type.map({ [$0] }) ?? ["ServiceRequest", "MedicationRequest"] {
                found += try await orders(type, identifier, in: transaction)
            }
            guard !found.isEmpty else { continue }
            if query.code.isEmpty { return found }
            let same = found.filter { Self.codes($0.node).contains(query.code) }
            if !same.isEmpty { return same }
            // Another code under the number: an order of its own, or the only one that can be meant.
            if query.isNew { return [] }
            return found.count == 1 ? found : []
        }
        return []
    }

    private func orders(
        _ typeName: String, _ identifier: FHIRIdentifier, in transaction: StoreTransaction
    ) async throws -> [StoredOrder] {
        guard let type = store.definitions.resourceType(named: typeName) else { return [] }
        let criteria = try ConditionalCriteria(
            type: type, pairs: [("identifier", identifier.searchText)], indexer: service.indexer)
        let versions = try await service.versions(
            criteria, limit: 100, in: transaction.session, now: store.clock().microsecondsSince1970)
        var orders: [StoredOrder] = []
        for id in versions.map(\.stamp.id).sorted() {
            guard let version = try await transaction.lock(type, id: id), let node = version.node else { continue }
            orders.append(StoredOrder(type: typeName, version: version, node: node))
        }
        return orders
    }

    private static func codes(_ order: JSONNode) -> Set<String> {
        let concept = order["code"] ?? order["medicationCodeableConcept"]
        let codes = (concept?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
        return Set(codes + [concept?["text"]?.string].compactMap(\.self))
    }

    private func known(_ order: StoredOrder, in transaction: StoreTransaction) async throws -> OrderMapping.Known {
        let id = order.version.stamp.id
        let filler = (order.node["identifier"]?.items ?? []).first { identifier in
            (identifier["type"]?["coding"]?.items ?? []).contains { $0["code"]?.string == "FILL" }
        }
        let number = filler.flatMap { filler -> FHIRIdentifier? in
            guard let system = filler["system"]?.string, let value = filler["value"]?.string else { return nil }
            return FHIRIdentifier(system: system, value: value)
        }
        return OrderMapping.Known(
            type: order.type, id: id, status: order.node["status"]?.string ?? "", filler: number,
            hasBegun: try await hasBegun("\(order.type)/\(id)", in: transaction))
    }

    /// A report answers the order, or somebody works on it.
    private func hasBegun(_ address: String, in transaction: StoreTransaction) async throws -> Bool {
        let now = store.clock().microsecondsSince1970
        if address.hasPrefix("ServiceRequest/"), let type = store.definitions.resourceType(named: "DiagnosticReport") {
            let criteria = try ConditionalCriteria(
                type: type, pairs: [("based-on", address), ("status:not", "registered,cancelled,entered-in-error")],
                indexer: service.indexer)
            let reports = try await service.versions(criteria, limit: 1, in: transaction.session, now: now)
            if !reports.isEmpty { return true }
        }
        guard let type = store.definitions.resourceType(named: "Task") else { return false }
        let criteria = try ConditionalCriteria(
            type: type, pairs: [("focus", address), ("code", "fulfill"), ("status", "in-progress,completed")],
            indexer: service.indexer)
        return try await !service.versions(criteria, limit: 1, in: transaction.session, now: now).isEmpty
    }

    private func parent(_ query: OrderMapping.Query, in transaction: StoreTransaction) async throws -> String? {
        guard let number = query.parent else { return nil }
        return try await orders("ServiceRequest", number, in: transaction).first
            .map { "ServiceRequest/" + $0.version.stamp.id }
    }
}

extension Array {
    /// One after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
