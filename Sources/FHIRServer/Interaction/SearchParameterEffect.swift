import FHIRDefinitions
import FHIRSearch
import FHIRStore

/// When SearchParameters take effect: before the answer to their write, and in every server that is asked for one.
extension Interactions {
    /// Whether a failed interaction is worth a second attempt: a search parameter that this process does not know may
    /// have come from another one, or the parameters changed while it searched.
    ///
    /// Nothing was written before such an error: it comes of reading the request, or rolls the transaction back.
    func knowsMore(after error: any Error, _ request: InteractionRequest) async throws -> Bool {
        // The transaction around this one is begun again as a whole; content that was streamed is gone.
        if store.isWithinTransaction { return false }
        if case .raw = request.body { return false }
        let cause = (error as? EntryFailure)?.cause ?? error
        if let error = cause as? StoreError {
            guard error.details == "invalid-criteria" || error.details == "indexing" else { return false }
            return try await store.refreshSearchParameters()
        }
        guard let error = cause as? SearchError else { return false }
        switch error.code {
        case .unknownParameter, .parametersChanged: return try await store.refreshSearchParameters()
        case .indexing:
            // The refusal tells how far it is by now.
            try await store.refreshSearchParameters()
            return true
        // Names of sort keys and includes are values.
        case .invalidValue where error.parameter.map(Self.namesParameters) == true:
            return try await store.refreshSearchParameters()
        default: return false
        }
    }

    /// Whether parameters that were passed over may be known now; asks the database only where there were some.
    func mayBeKnown(_ warnings: [SearchRequest.Warning]) async throws -> Bool {
        guard !warnings.isEmpty, !store.isWithinTransaction else { return false }
        return try await store.refreshSearchParameters()
    }

    private static func namesParameters(_ name: String) -> Bool {
        ["_sort", "_include", "_revinclude"].contains(name.prefix { $0 != ":" })
    }

    /// Has SearchParameters take effect that the request wrote.
    func settleParameters(behind request: InteractionRequest) async {
        guard request.writesResource, !store.isWithinTransaction, let type = request.route.type,
            type == searchParameterType
        else { return }
        await settleParameters()
    }

    /// Has SearchParameters take effect that were written.
    func settleParameters() async {
        // They are stored, which is what was asked for. If this fails, it is done by whoever comes next.
        _ = try? await store.refreshSearchParameters()
    }
}
