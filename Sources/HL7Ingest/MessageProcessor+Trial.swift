import Clinic
import FHIRStore
import HL7Mapping
import HL7Syntax
import PostgreSQL

extension MessageProcessor {
    /// Ends a transaction that was only a trial.
    private struct TrialEnd: Error {
        var effect: MessageEffect
    }

    /// What an attempt would come to. Nothing is changed.
    func trial(_ delivery: Delivery) async throws -> Processed {
        let number = delivery.slot?.number ?? 0
        guard let header = delivery.message.header else {
            return Processed(answer: nil, number: number, state: .quarantined, reason: "MSH cannot be read")
        }
        if let objection = gate(delivery.settings).objection(header) {
            return Processed(
                answer: nil, number: number, state: objection.verdict == .rejected ? .rejected : .quarantined,
                reason: "\(objection.issue.code.rawValue) \(objection.issue.userMessage)")
        }
        do {
            return try await trial(delivery, header, number)
        } catch let error as MappingError {
            return Processed(
                answer: nil, number: number, state: error.outcome == .rejected ? .rejected : .quarantined,
                reason: "\(error.code.rawValue) \(error.message)")
        } catch let error as HL7SyntaxError {
            return Processed(answer: nil, number: number, state: .quarantined, reason: error.message)
        }
    }

    private func trial(_ delivery: Delivery, _ header: MessageHeader, _ number: Int64) async throws -> Processed {
        var message = try delivery.message.parsed()
        if Self.isPart(message, header) {
            switch try await trialPart(delivery, number) {
            case .whole(let whole): message = whole
            case .settled(let processed): return processed
            }
        }
        guard let handler = handlers.first(where: { $0.takes(header) }) else {
            let mappings = try ORUMapping.all(message, profile: delivery.settings.profile)
            switch try await results.plan(mappings, isRetry: true) {
            case .hold(let doubt):
                return Processed(answer: nil, number: number, state: .quarantined, reason: doubt.message)
            case .apply(let plan):
                return Processed(
                    answer: nil, number: number, state: plan.state, reason: plan.review, resources: plan.resources,
                    superseded: plan.superseded)
            }
        }
        let inbound = InboundMessage(message: message, header: header, profile: delivery.settings.profile)
        do {
            return try await store.transaction { transaction in
                _ = try await transaction.session.queries([TransitionDoor.open])
                throw TrialEnd(effect: try await handler.handle(inbound, in: transaction))
            }
        } catch let end as TrialEnd {
            let reason = end.effect.hold ?? end.effect.review
            return Processed(
                answer: nil, number: number, state: reason == nil ? .applied : .quarantined, reason: reason,
                resources: end.effect.resources, superseded: end.effect.superseded)
        }
    }
}
