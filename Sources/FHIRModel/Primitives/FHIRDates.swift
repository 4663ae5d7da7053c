/// A date, perhaps without day or month. https://hl7.org/fhir/R4/datatypes.html#date
package struct FHIRDate: FHIRTemporal {
    package let text: String
    package let parts: TemporalParts

    package init(text: String, parts: TemporalParts) {
        self.text = text
        self.parts = parts
    }

    package static func parse(_ scanner: inout TemporalScanner) -> Bool { scanner.date() }
}

/// A date, or a date with a time and a zone. https://hl7.org/fhir/R4/datatypes.html#dateTime
package struct FHIRDateTime: FHIRTemporal {
    package let text: String
    package let parts: TemporalParts

    package init(text: String, parts: TemporalParts) {
        self.text = text
        self.parts = parts
    }

    package static func parse(_ scanner: inout TemporalScanner) -> Bool {
        guard scanner.date() else { return false }
        guard scanner.skip(UInt8(ascii: "T")) else { return true }
        return scanner.parts.precision == .day && scanner.time() && scanner.zone()
    }
}

/// A moment. https://hl7.org/fhir/R4/datatypes.html#instant
package struct FHIRInstant: FHIRTemporal {
    package let text: String
    package let parts: TemporalParts

    package init(text: String, parts: TemporalParts) {
        self.text = text
        self.parts = parts
    }

    package static func parse(_ scanner: inout TemporalScanner) -> Bool {
        scanner.date() && scanner.parts.precision == .day && scanner.skip(UInt8(ascii: "T")) && scanner.time()
            && scanner.zone()
    }
}

/// A time of day. https://hl7.org/fhir/R4/datatypes.html#time
package struct FHIRTime: FHIRTemporal {
    package let text: String
    package let parts: TemporalParts

    package init(text: String, parts: TemporalParts) {
        self.text = text
        self.parts = parts
    }

    package static func parse(_ scanner: inout TemporalScanner) -> Bool { scanner.time() }
}
