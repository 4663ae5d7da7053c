package import FHIRDefinitions
package import FHIRFormats
package import FHIRSearch
package import FHIRStore
import JSONTape

/// What an operation works with: its call, its transaction, and what the runner has done already.
package struct ClinicWork: Sendable {
    package let call: ClinicCall
    package let declaration: ClinicOperationDeclaration
    package let transaction: StoreTransaction
    package let parameters: OperationParameters
    private let subject: StoredResource?
    private let search: SearchService
    private let ahead = ReadAhead()

    init(
        call: ClinicCall, declaration: ClinicOperationDeclaration, transaction: StoreTransaction,
        parameters: OperationParameters, subject: StoredResource?, search: SearchService
    ) {
        self.call = call
        self.declaration = declaration
        self.transaction = transaction
        self.parameters = parameters
        self.subject = subject
        self.search = search
    }

    package var store: FHIRStore { transaction.store }

    /// The time of the operation, to the millisecond.
    package var now: Instant { store.clock().truncatedToMilliseconds }

    /// The resource that the operation is called on: locked where the operation changes something, at the version that
    /// `If-Match` names, in a state that the declared transition leads from.
    package var instance: StoredResource {
        get throws {
            guard let subject else {
                throw StoreError(.invalidRequest, "the operation is called on a resource: \(declaration.path)")
            }
            return subject
        }
    }

    // MARK: - Reading

    /// A resource, locked until the transaction ends. Lock several in ascending order, or use `lock(all:)`.
    ///
    /// - Parameters:
    ///   - element: FHIRPath of where it is named, for the error.
    /// - Throws: `StoreError` (422 unknown-reference) where there is none.
    package func lock(_ reference: LocalReference, element: String? = nil) async throws -> StoredResource {
        try Self.required(try await lockIfThere(reference), reference, element)
    }

    /// A resource, locked until the transaction ends; nil if there is none.
    package func lockIfThere(_ reference: LocalReference) async throws -> StoredResource? {
        if let known = known(reference), known.isLocked { return known }
        let type = try store.resourceType(reference.typeName)
        return try await transaction.lock(type, id: reference.id).flatMap {
            try StoredResource($0, isLocked: true, in: store)
        }
    }

    /// Several resources, locked in ascending order so that no two operations block each other.
    package func lock(
        all references: [LocalReference], element: String? = nil
    ) async throws -> [LocalReference: StoredResource] {
        let sorted = Set(references).sorted()
        var found: [LocalReference: StoredResource] = [:]
        for (reference, stored) in zip(sorted, try await fetch(sorted.map { ($0, true) })) {
            found[reference] = try Self.required(stored, reference, element)
        }
        return found
    }

    /// Reads what the operation will ask for one by one, in one round trip: `lock`, `find` and `read` then know it
    /// already, until the operation writes it. What is not there they look for themselves.
    ///
    /// - Parameter locking: what is locked, in ascending order.
    package func readAhead(locking: [LocalReference] = [], _ others: [LocalReference] = []) async throws {
        let locked = Set(locking)
        let wishes =
            locked.sorted().map { ($0, true) } + Set(others).subtracting(locked).sorted().map { ($0, false) }
        for stored in try await fetch(wishes) { if let stored { ahead.note(stored) } }
    }

    private func fetch(_ wishes: [(LocalReference, Bool)]) async throws -> [StoredResource?] {
        let typed = try wishes.map { reference, isLocked in
            (type: try store.resourceType(reference.typeName), id: reference.id, isLocked: isLocked)
        }
        return try zip(wishes, try await transaction.fetch(typed)).map { wish, version in
            try version.flatMap { try StoredResource($0, isLocked: wish.1, in: store) }
        }
    }

    private func known(_ reference: LocalReference) -> StoredResource? {
        transaction.hasWritten(reference.typeName, reference.id) ? nil : ahead[reference]
    }

    /// A resource as the transaction sees it, not locked; nil if there is none.
    package func find(_ reference: LocalReference) async throws -> StoredResource? {
        if let known = known(reference) { return known }
        let type = try store.resourceType(reference.typeName)
        return try await transaction.read(type, id: reference.id).flatMap { try StoredResource($0, in: store) }
    }

    /// A resource as the transaction sees it; throws `StoreError` (422 unknown-reference) where there is none.
    package func read(_ reference: LocalReference, element: String? = nil) async throws -> StoredResource {
        try Self.required(try await find(reference), reference, element)
    }

    private static func required(
        _ found: StoredResource?, _ reference: LocalReference, _ element: String?
    ) throws -> StoredResource {
        if let found { return found }
        throw StoreError(
            .businessRule, "\(reference.text) does not exist", expression: element, details: "unknown-reference")
    }

    /// Resources that a FHIR search finds, with what the transaction wrote.
    ///
    /// - Parameters:
    ///   - pairs: search parameters, not encoded: `("context", "Encounter/1")`, `("_sort", "-date")`.
    ///   - limit: greatest number of resources.
    package func search(
        _ typeName: String, _ pairs: [(String, String)], limit: Int = 1000
    ) async throws -> [StoredResource] {
        let page = try await search.search(
            request(typeName, pairs, limit), in: transaction.session, now: store.clock().microsecondsSince1970)
        return try page.matches.compactMap { try StoredResource($0, in: store) }
    }

    /// What several searches find, in one round trip.
    package func search(
        all searches: [(typeName: String, pairs: [(String, String)])], limit: Int = 1000
    ) async throws -> [[StoredResource]] {
        let requests = try searches.map { try request($0.typeName, $0.pairs, limit) }
        let found = try await search.matches(
            requests, in: transaction.session, now: store.clock().microsecondsSince1970)
        return try found.map { try $0.compactMap { try StoredResource($0, in: store) } }
    }

    private func request(_ typeName: String, _ pairs: [(String, String)], _ limit: Int) throws -> SearchRequest {
        let count = pairs.contains { $0.0 == "_count" } ? [] : [("_count", String(limit))]
        return try SearchRequest.parse(
            type: store.resourceType(typeName), pairs: pairs + count + [("_total", "none")], handling: .strict,
            indexer: search.indexer)
    }

    // MARK: - Rules

    /// Refuses states that an operation does not lead from (422 illegal-transition).
    package func require(_ resource: StoredResource, in states: Set<String>, to: String) throws {
        guard states.contains(resource.state) else {
            throw StoreError.illegalTransition(resource.reference.typeName, resource.state, to)
        }
    }

    /// Refuses a second signature by the person who gave the first: 403 second-person-required, and 422 where nobody
    /// says who acts, because then nobody can be told apart.
    package func requireAnotherPerson(than first: String?) throws {
        guard !call.caller.isEmpty else {
            throw StoreError(
                .businessRule, "this takes a second person, and nobody says who acts: sign in, or name the actor",
                details: "second-person-required")
        }
        guard let first, first == call.caller else { return }
        throw StoreError(
            .forbidden, "this takes a second person: who did the step before may not do this one",
            details: "second-person-required")
    }

    /// Who recorded an event of a resource last; nil if nobody did, empty if nobody was signed in.
    package func actor(of event: String, on focus: LocalReference) async throws -> String? {
        try await ClinicEvent.lastActor(of: event, on: focus, in: transaction)
    }
}

extension FHIRStore {
    /// A type that R4 has; a missing one is a fault of the definitions.
    package func resourceType(_ name: String) throws -> TypeID {
        guard let type = definitions.resourceType(named: name) else {
            throw StoreError(.fault, "the definitions lack \(name)")
        }
        return type
    }

    /// What a workflow writes, checked as everything is that the server itself makes; throws `StoreError` (422).
    func checked(_ json: [UInt8], type name: String) async throws -> ResourceInput {
        let input = ResourceInput(type: try resourceType(name), document: try Document.parse(json, limits: .fhir))
        try await check(input)
        return input
    }
}
