import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// QBP^Q22 (patient demographics) and QBP^Q23 (cross-reference of identifiers), answered with RSP^K22 and K23.
///
/// Changes nothing but the log. IHE ITI TF-2 3.9 and 3.21.
struct PatientQueryHandler: MessageHandler {
    let store: FHIRStore
    let service: SearchService

    /// Patients in one answer, where the query names no limit, and at most.
    private static let defaultCount = 50
    private static let maximumCount = 500

    var messageTypes: Set<String> { ["QBP"] }

    func takes(_ header: MessageHeader) -> Bool {
        header.messageType == "QBP" && ["Q22", "Q23"].contains(header.triggerEvent)
    }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        guard let parameters = inbound.message["QPD"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "QPD"), "no QPD segment")
        }
        let isDemographics = inbound.header.triggerEvent == "Q22"
        let domainField = isDemographics ? 8 : 4
        let domains: [String]
        switch try await self.domains(parameters[field: domainField], inbound, in: transaction) {
        case .known(let systems): domains = systems
        case .unknown(let issue): return refusal([issue], parameters, inbound)
        }
        return isDemographics
            ? try await demographics(parameters, domains, inbound, in: transaction)
            : try await crossReference(parameters, domains, inbound, in: transaction)
    }

    // MARK: - Q22

    private func demographics(
        _ parameters: Segment, _ domains: [String], _ inbound: InboundMessage, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        let query = PatientQuery(demographics: parameters[field: 3], profile: inbound.profile)
        if !query.issues.isEmpty { return refusal(query.issues, parameters, inbound) }
        guard !query.parameters.isEmpty else {
            let issue = Acknowledgement.Issue(
                .requiredFieldMissing, at: HL7Location(segment: "QPD", sequence: 1, field: 3),
                userMessage: "nothing to search by")
            return refusal([issue], parameters, inbound)
        }
        let pointer = inbound.message["DSC", field: 1][component: 1].value
        let limit = Int(inbound.message["RCP", field: 2][component: 1].string) ?? Self.defaultCount
        let page: SearchResultPage
        do {
            // A merged record answers by its survivor.
            page = try await search(
                query.parameters + [("active:not", "false")], count: min(max(limit, 1), Self.maximumCount),
                cursor: pointer, total: .accurate, in: transaction)
        } catch is SearchError {
            let place =
                pointer == nil ? HL7Location(segment: "QPD", sequence: 1, field: 3) : HL7Location(segment: "DSC")
            let issue = Acknowledgement.Issue(.dataType, at: place, userMessage: "cannot be searched by")
            return refusal([issue], parameters, inbound)
        }
        var answer = QueryAnswer(parameters, inbound)
        for match in page.matches {
            guard let node = match.node else { continue }
            answer.add(patient: node, domains: domains, isNumbered: true)
        }
        answer.continuation = page.next
        return MessageEffect(reply: answer.reply(isFound: !page.matches.isEmpty, total: page.total))
    }

    // MARK: - Q23

    private func crossReference(
        _ parameters: Segment, _ domains: [String], _ inbound: InboundMessage, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        let asked = parameters[field: 3][repetition: 1]
        let value = asked[component: 1].string.cleanedText
        let system = AssignerName(asked[component: 4]).system(inbound.profile)
        guard !value.isEmpty, let system else {
            let issue = Acknowledgement.Issue(
                .unknownKey,
                at: HL7Location(
                    segment: "QPD", sequence: 1, field: 3, repetition: 1, component: value.isEmpty ? 1 : 4),
                userMessage: "no identifier with an assigning authority")
            return refusal([issue], parameters, inbound)
        }
        let page = try await search(
            [("identifier", system.searchEscaped + "|" + value.searchEscaped), ("active:not", "false")], count: 2,
            in: transaction)
        guard let node = page.matches.first?.node, page.matches.count == 1 else {
            let issue = Acknowledgement.Issue(
                .unknownKey,
                at: HL7Location(segment: "QPD", sequence: 1, field: 3, repetition: 1, component: 1),
                userMessage: page.matches.isEmpty ? "identifier not known" : "identifier of several patients")
            return refusal([issue], parameters, inbound)
        }
        var answer = QueryAnswer(parameters, inbound)
        answer.add(
            patient: node, domains: domains, isNumbered: false, without: FHIRIdentifier(system: system, value: value))
        let isFound = answer.count > 0
        return MessageEffect(reply: answer.reply(isFound: isFound, total: nil))
    }

    // MARK: - Both

    private enum Domains {
        /// Systems of the assigning authorities that the answer is to name; empty for all.
        case known([String])
        case unknown(Acknowledgement.Issue)
    }

    /// QPD-8 or QPD-4: a domain in which nobody has an identifier is not known.
    private func domains(
        _ field: Field, _ inbound: InboundMessage, in transaction: StoreTransaction
    ) async throws -> Domains {
        var systems: [String] = []
        for (index, repetition) in field.repetitions.enumerated() where repetition.isValued {
            let system = AssignerName(repetition[component: 4]).system(inbound.profile)
            var isKnown = false
            if let system {
                isKnown = try await !search(
                    [("identifier", system.searchEscaped + "|")], count: 1, in: transaction
                ).matches.isEmpty
            }
            guard isKnown, let system else {
                return .unknown(
                    Acknowledgement.Issue(
                        .unknownKey,
                        at: HL7Location(segment: "QPD", sequence: 1, field: field.number, repetition: index + 1),
                        userMessage: "assigning authority not known"))
            }
            systems.append(system)
        }
        return .known(systems)
    }

    private func search(
        _ pairs: [(String, String)], count: Int, cursor: String? = nil, total: SearchRequest.Total = .none,
        in transaction: StoreTransaction
    ) async throws -> SearchResultPage {
        guard let type = store.definitions.resourceType(named: "Patient") else {
            throw StoreError(.fault, "the definitions lack Patient")
        }
        var request = try SearchRequest.parse(
            type: type, pairs: pairs, handling: .strict, indexer: service.indexer)
        request.count = count
        request.cursor = cursor
        request.total = total
        return try await service.search(
            request, in: transaction.session, now: store.clock().microsecondsSince1970)
    }

    private func refusal(
        _ issues: [Acknowledgement.Issue], _ parameters: Segment, _ inbound: InboundMessage
    ) -> MessageEffect {
        var effect = MessageEffect(issues: issues, reply: QueryAnswer(parameters, inbound).refusal())
        effect.isRefused = true
        return effect
    }
}
