import Clinic
import FHIRModel

/// How urgent a patient is, by the Emergency Severity Index: 1 is the most urgent. Kept in `Encounter.priority`.
enum TriageLevel: Int, CaseIterable, Sendable {
    case resuscitation = 1
    case emergent
    case urgent
    case lessUrgent
    case nonUrgent

    static let system = "urn:martlet:codesystem:triage-level"
    /// https://terminology.hl7.org/CodeSystem-v3-ActPriority.html
    private static let prioritySystem = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"

    /// Reads `2`, `ESI-2` or `esi 2`.
    init?(code: String) {
        var text = code.lowercased()
        if text.hasPrefix("esi") { text = String(text.dropFirst(3).drop { $0 == "-" || $0 == " " }) }
        guard text.utf8.count == 1, let number = Int(text), let level = TriageLevel(rawValue: number) else {
            return nil
        }
        self = level
    }

    var concept: CodeableConcept {
        var concept = CodeableConcept()
        concept.coding = [.of(Self.system, String(rawValue), display), .of(Self.prioritySystem, priority)]
        return concept
    }

    private var display: String {
        switch self {
        case .resuscitation: "Resuscitation"
        case .emergent: "Emergent"
        case .urgent: "Urgent"
        case .lessUrgent: "Less urgent"
        case .nonUrgent: "Non-urgent"
        }
    }

    private var priority: String {
        switch self {
        case .resuscitation, .emergent: "EM"
        case .urgent: "UR"
        case .lessUrgent, .nonUrgent: "R"
        }
    }
}
