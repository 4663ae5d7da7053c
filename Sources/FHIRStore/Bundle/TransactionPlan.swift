import FHIRDefinitions
import FHIRSearch
import JSONTape

/// A transaction as far as it is clear without asking the database: what each entry asks for, and the references that
/// only the transaction can resolve (R4 http.html#trules).
struct TransactionPlan: Sendable {
    struct Step: Sendable {
        var entry: BundleEntry
        var action: EntryAction
    }

    let bundle: RequestBundle
    /// In the order of the bundle.
    let steps: [Step]
    /// References of the form `Type?criteria`.
    let conditionalReferences: [OpenReference]

    /// Throws `StoreError` naming the entry that cannot be done.
    init(_ bundle: RequestBundle, indexer: SearchIndexer) throws {
        self.bundle = bundle
        steps = try bundle.entries.map { Step(entry: $0, action: try EntryAction($0, indexer: indexer)) }
        var addresses = FullURLs()
        let links = LinkTable(definitions: indexer.definitions)
        var scan = ReferenceScan()
        for step in steps {
            try addresses.add(step, definitions: indexer.definitions)
            guard let resource = step.resourceToStore, !links.keepsAsSent(resource.type) else { continue }
            scan.read(resource, at: step.entry.position)
        }
        conditionalReferences = scan.found.filter(\.isConditional)
        for reference in scan.found where !reference.isConditional && !addresses.hasTarget(reference.text) {
            throw StoreError(
                .invalidRequest, "no entry of the bundle has the fullUrl \(reference.text.prefix(100))",
                expression: reference.expression(in: bundle), details: "unresolved-reference")
        }
    }

    /// Whether every entry is a write that depends on nothing, so that the database need not be asked anything.
    var isUnconditional: Bool {
        conditionalReferences.isEmpty
            && steps.allSatisfy { step in
                switch step.action {
                case .create(_, nil), .update(_, .id, .none), .delete(_, .id, .none): true
                default: false
                }
            }
    }
}

extension TransactionPlan.Step {
    /// The resource that the entry stores; nil for patches, deletions and answers.
    var resourceToStore: ResourceInput? {
        switch action {
        case .create, .update: entry.resource
        case .patch, .delete, .answer: nil
        }
    }
}
