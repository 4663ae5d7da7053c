import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import FHIRTerminology
import JSONTape
import Synchronization

/// Answers what FHIRPath asks about value sets and profiles (R4 fhirpath.html#functions), as far as it is known.
///
/// A profile may ask for another one, and that for the first again: each question is asked once, and one that leads to
/// itself is answered with yes meanwhile. All of them together may take so many steps.
final class ValidationKnowledge: Knowledge {
    private struct Question: Hashable {
        var document: ObjectIdentifier
        var index: Document.Index
        var profile: String
    }

    private struct State {
        var verdicts: [Question: Bool] = [:]
        var questions: Set<OutsideQuestion> = []
        var stepCount = 0
        /// Keeps their identities.
        var documents: [Document] = []
    }

    private let validator: ResourceValidator
    private let demand: ProfileDemand
    private let state = Mutex(State())

    init(_ validator: ResourceValidator, _ demand: ProfileDemand) {
        self.validator = validator
        self.demand = demand
    }

    /// What could not be answered.
    var questions: Set<OutsideQuestion> { state.withLock { $0.questions } }

    func isMember(_ element: KnowledgeElement, ofValueSet url: String) -> Bool? {
        let question = ValueSetQuestion(
            url: url, standard: StandardCodes.r4.valueSet(url), answers: demand.codes)
        var asked: Set<OutsideQuestion> = []
        let membership: StandardCodes.Membership
        switch element {
        case .text(let text): membership = question.membership(of: text, asking: &asked)
        case .element(let document, let index, let type):
            membership = question.membership(
                of: JSONNode(document, index), validator.rules.known.codedKind(of: type), isRequired: true,
                asking: &asked)
        }
        note(asked)
        switch membership {
        case .member: return true
        case .absent: return false
        case .unknown: return nil
        }
    }

    func conforms(_ element: KnowledgeElement, toProfile url: String) -> Bool? {
        guard case .element(let document, let index, let type) = element else { return nil }
        let canonical = CanonicalURL(url)
        // The standard's own types need no profile.
        if validator.definitions.isTypeURL(canonical.url) { return nil }
        switch validator.tables.table(canonical, in: demand.source) {
        case nil:
            note([.definition(url)])
            return nil
        case .failure: return nil
        case .success: break
        }
        let question = Question(document: ObjectIdentifier(document), index: index, profile: canonical.description)
        let known: Bool?? = state.withLock { state in
            if let verdict = state.verdicts[question] { return verdict }
            guard state.stepCount < StructureWalk.maximumProfileStepCount, state.verdicts.count < 200 else {
                return .some(nil)
            }
            state.verdicts[question] = true
            state.documents.append(document)
            return nil
        }
        if let known { return known }
        let verdict = examine(document, index, type, url)
        state.withLock { $0.verdicts[question] = verdict }
        return verdict
    }

    private func examine(_ document: Document, _ index: Document.Index, _ type: TypeID, _ url: String) -> Bool {
        var demand = demand
        let isResource = validator.definitions[type].kind == .resource
        demand.canonicals = isResource ? [url] : []
        var walk = StructureWalk(
            document: document, root: index, rootType: type, validator, .storage, demand)
        walk.progress.knowledge = self
        var isSound = true
        if isResource {
            walk.checkRoot()
        } else {
            isSound = walk.conforms(Node(type: type, value: index), toProfile: url) ?? false
        }
        let steps = walk.progress.stepCount + walk.stepCount / 10 + 1_000
        note(walk.progress.questions, stepCount: steps)
        return isSound && !walk.report.issues.contains { $0.severity == .error }
    }

    private func note(_ questions: Set<OutsideQuestion>, stepCount: Int = 0) {
        if questions.isEmpty, stepCount == 0 { return }
        state.withLock { state in
            state.stepCount += stepCount
            for question in questions { state.questions.ask(question) }
        }
    }
}

extension FHIRDefinitions {
    /// Whether a URL is that of the definition of one of the standard's own types.
    fileprivate func isTypeURL(_ url: String) -> Bool {
        let base = "http://hl7.org/fhir/StructureDefinition/"
        return url.hasPrefix(base) && type(named: String(url.dropFirst(base.count))) != nil
    }
}
