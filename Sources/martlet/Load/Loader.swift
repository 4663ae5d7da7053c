import FHIRServer
import FHIRStore
import JSONTape

/// Writes resources fast: many in one pipelined transaction, several transactions at once.
struct Loader: Sendable {
    let store: FHIRStore
    let search: SearchService
    let checker: any ResourceChecking

    /// What became of the resources.
    struct Counts: Sendable {
        var created = 0
        var updated = 0
        var unchanged = 0
        var failed = 0

        var written: Int { created + updated + unchanged }

        mutating func count(_ result: WriteResult) {
            switch result.effect {
            case .created: created += 1
            case .updated: updated += 1
            case .unchanged, .absent, .deleted: unchanged += 1
            }
        }

        static func += (left: inout Counts, right: Counts) {
            left.created += right.created
            left.updated += right.updated
            left.unchanged += right.unchanged
            left.failed += right.failed
        }
    }

    /// Loads everything that `source` has, in `jobs` transactions at once.
    func load(_ source: LoadSource, jobs: Int) async -> Counts {
        await withTaskGroup(of: Counts.self) { group in
            for _ in 0..<jobs {
                group.addTask {
                    var counts = Counts()
                    while let unit = await source.next() { counts += await load(unit) }
                    return counts
                }
            }
            return await group.reduce(into: Counts()) { $0 += $1 }
        }
    }

    private func load(_ unit: LoadUnit) async -> Counts {
        switch unit {
        case .resources(let texts):
            var items: [Item] = []
            var counts = Counts()
            for (json, origin) in texts {
                do {
                    items.append(try await item(JSONNode(try Document.parse(json, limits: .fhir)), origin))
                } catch {
                    counts.failed += 1
                    report(error, origin)
                }
            }
            counts += await write(items)
            return counts
        case .document(let bytes, let origin):
            do {
                return try await load(JSONNode(try Document.parse(bytes, limits: .fhir)), origin)
            } catch {
                report(error, origin)
                return Counts(failed: 1)
            }
        }
    }

    /// A Bundle is executed or taken apart, by its type; documents and messages are resources like any other.
    private func load(_ node: JSONNode, _ origin: String) async throws -> Counts {
        guard node["resourceType"]?.string == "Bundle" else { return await write([try await item(node, origin)]) }
        switch node["type"]?.string {
        case "transaction":
            let bundle = try RequestBundle(node, definitions: store.definitions)
            for entry in bundle.entries { if let resource = entry.resource { try await check(resource) } }
            // Nobody is there to read what GET entries ask for.
            let outcomes = try await store.execute(bundle, search: search) { _, _ in () }
            var counts = Counts()
            for case .written(let result, _, _) in outcomes { counts.count(result) }
            return counts
        case "batch", "collection", "searchset", "history":
            var counts = Counts()
            var items: [Item] = []
            for (position, entry) in (node["entry"]?.elements ?? node.elements).enumerated() {
                guard let resource = entry["resource"] else { continue }
                do {
                    items.append(try await item(resource, "\(origin) entry \(position)"))
                } catch {
                    counts.failed += 1
                    report(error, "\(origin) entry \(position)")
                }
            }
            counts += await write(items)
            return counts
        default:
            return await write([try await item(node, origin)])
        }
    }

    // MARK: - Resources

    private struct Item: Sendable {
        var input: ResourceInput
        /// Nil where the server makes one.
        var id: String?
        var origin: String
    }

    private func item(_ node: JSONNode, _ origin: String) async throws -> Item {
        let input = try ResourceInput(resource: node, definitions: store.definitions)
        try await check(input)
        let id = node["id"]?.string
        if let id, !ResourceID.isValid(id) { throw StoreError(.invalidRequest, "the id is malformed") }
        return Item(input: input, id: id, origin: origin)
    }

    private func check(_ input: ResourceInput) async throws {
        let found =
            try await checker.issues(of: input, in: store)
            + SearchParameterCheck(indexer: search.indexer).issues(of: input)
        let issues = found.filter { $0.severity == .error || $0.severity == .fatal }
        guard issues.isEmpty else { throw InvalidResource(issues: issues) }
    }

    private func write(_ items: [Item]) async -> Counts {
        guard !items.isEmpty else { return Counts() }
        do {
            return try await transact(items)
        } catch {
            guard items.count > 1 else {
                report(error, items[0].origin)
                return Counts(failed: 1)
            }
            // One of them is at fault; the others are to be stored all the same.
            var counts = Counts()
            for item in items { counts += await write([item]) }
            return counts
        }
    }

    private func transact(_ items: [Item]) async throws -> Counts {
        let results = try await store.transaction { transaction in
            // Made within, because a second attempt may have to index more than the first.
            let commands = items.map { item in
                item.id.map { store.updateCommand(item.input, id: $0) }
                    ?? store.createCommand(item.input, id: store.makeID())
            }
            return try await transaction.apply(commands)
        }
        return results.reduce(into: Counts()) { $0.count($1) }
    }

    private func report(_ error: any Error, _ origin: String) {
        let failure = Failure(error)
        let issue = failure.issues.first
        Console.say("\(origin): \(issue?.diagnostics ?? "failed") \(issue?.expression.map { "at \($0)" } ?? "")")
    }
}
