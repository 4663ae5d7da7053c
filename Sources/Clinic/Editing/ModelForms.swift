package import FHIRFormats
package import FHIRModel
import FHIRSearch

extension Reference {
    /// A literal reference to a resource of this server.
    package static func to(_ target: LocalReference) -> Reference {
        var reference = Reference()
        reference.reference = target.text
        return reference
    }
}

extension Coding {
    /// A code of a system, with its display where there is one.
    package static func of(_ system: String, _ code: String, _ display: String? = nil) -> Coding {
        var coding = Coding()
        coding.system = system
        coding.code = code
        coding.display = display
        return coding
    }
}

extension CodeableConcept {
    /// A concept of one coding.
    package static func of(_ system: String, _ code: String, _ display: String? = nil) -> CodeableConcept {
        var concept = CodeableConcept()
        concept.coding = [.of(system, code, display)]
        return concept
    }

    /// A concept that is told by text alone.
    package static func text(_ text: String) -> CodeableConcept {
        var concept = CodeableConcept()
        concept.text = text
        return concept
    }
}

extension Identifier {
    /// A value of a system.
    package static func of(_ system: String, _ value: String) -> Identifier {
        var identifier = Identifier()
        identifier.system = system
        identifier.value = value
        return identifier
    }
}

extension Period {
    /// From one time to another; either may be open.
    package static func of(start: String?, end: String?) -> Period {
        var period = Period()
        period.start = start.flatMap { FHIRDateTime($0) }
        period.end = end.flatMap { FHIRDateTime($0) }
        return period
    }
}

extension FHIRDateTime {
    /// The time to the millisecond, in UTC.
    package static func at(_ instant: Instant) -> FHIRDateTime? { FHIRDateTime(instant.text) }
}

extension Instant {
    /// The beginning of what a date, dateTime or instant stands for; nil for what is none.
    package static func beginning(of text: String) -> Instant? {
        DateRange(text).map { Instant(microsecondsSince1970: $0.low) }
    }
}
