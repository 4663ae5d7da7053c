import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Observation/$record-vitals`: records what was measured, each in its fixed unit; systolic and diastolic pressure of
/// one moment become one resource.
///
/// What cannot be is refused (422 hard-limit); what is unusual waits for a second look (409 soft-limit, until
/// `confirm=true`); what is critical is recorded and reported.
struct RecordVitals: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "record-vitals", typeName: "Observation", level: .type, affectsState: true,
            documentation: "Records vital signs of a patient.", roles: [.nurse, .physician, .patient],
            events: ["vitals.recorded", "vitals.critical"],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "Whose they are."),
                .init(.input, "encounter", 0, 1, "Reference", "The visit in which they were measured."),
                .init(
                    .input, "readings", 1, nil, nil, "What was measured.",
                    parts: [
                        .init(.input, "code", 1, 1, "CodeableConcept", "LOINC."),
                        .init(
                            .input, "value", 1, 1, "Element", "A Quantity with a UCUM unit; else a text or concept."),
                        .init(.input, "time", 0, 1, "dateTime", "When; now by default."),
                    ]),
                .init(.input, "confirm", 0, 1, "boolean", "Unusual values are right."),
                .init(.output, "return", 1, 1, "Bundle", "The observations."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = try work.parameters.reference("patient", "Patient") else {
            throw OperationParameters.invalid("the parameter patient is missing")
        }
        _ = try await work.read(patient, element: work.parameters.place(of: "patient"))
        let encounter = try work.parameters.reference("encounter", "Encounter")
        if let encounter {
            let visit = try await work.read(encounter, element: work.parameters.place(of: "encounter"))
            guard visit.reference("subject") == nil || visit.reference("subject") == patient else {
                throw StoreError(
                    .businessRule, "the encounter is another patient's",
                    expression: work.parameters.place(of: "encounter"), details: "wrong-patient")
            }
        }
        let readings = try work.parameters.groups("readings").enumerated().map { position, group in
            try VitalReading(group, position: position, now: work.now.text)
        }
        let limits = try await VitalLimits(work)
        try Self.check(readings, limits, isConfirmed: work.parameters.bool("confirm"))
        var changes = ChangeSet(work)
        for group in Self.grouped(readings) {
            var observation = Self.observation(group, limits)
            observation.subject = .to(patient)
            observation.encounter = encounter.map { .to($0) }
            observation.issued = FHIRInstant(work.now.text)
            let reference = changes.create(observation)
            changes.record("vitals.recorded", reference)
            if group.contains(where: { Self.breach($0, .critical, limits) != nil }) {
                changes.record("vitals.critical", reference)
            }
        }
        return ClinicAnswer(bundle: "collection", try await changes.apply(), base: work.call.base)
    }

    private static func check(_ readings: [VitalReading], _ limits: VitalLimits, isConfirmed: Bool) throws {
        for reading in readings {
            guard let sign = reading.sign else { continue }
            if breach(reading, .hard, limits) != nil { throw VitalLimits.refusal(sign, at: reading.place) }
        }
        for reading in readings where !isConfirmed && breach(reading, .soft, limits) != nil {
            throw StoreError(
                .conflict, "\(reading.sign?.display ?? "") is unusual: confirm=true records it",
                expression: reading.place, details: "soft-limit")
        }
    }

    private static func breach(
        _ reading: VitalReading, _ kind: VitalLimits.Kind, _ limits: VitalLimits
    ) -> VitalLimits.Breach? {
        guard let sign = reading.sign, case .quantity(let number) = reading.value else { return nil }
        return limits.breach(kind, sign.code, number)
    }

    /// Each reading by itself, but for pressures of one moment.
    private static func grouped(_ readings: [VitalReading]) -> [[VitalReading]] {
        var groups: [[VitalReading]] = []
        for reading in readings {
            let fits = groups.firstIndex { group in
                reading.sign?.isPressure == true && group[0].sign?.isPressure == true
                    && group[0].time == reading.time && !group.contains { $0.sign == reading.sign }
            }
            if let fits { groups[fits].append(reading) } else { groups.append([reading]) }
        }
        return groups
    }

    private static func observation(_ group: [VitalReading], _ limits: VitalLimits) -> Observation {
        var observation = Observation()
        observation.status = "final"
        observation.category = [VitalSign.category]
        observation.effective = FHIRDateTime(group[0].time).map { .dateTime($0) }
        if group.contains(where: { $0.sign?.isPressure == true }) {
            observation.code = .of(VitalSign.loinc, VitalSign.pressurePanel, "Blood pressure panel")
            observation.component = group.map { reading in
                var component = Observation.Component()
                component.code = reading.code
                component.value = value(of: reading)
                component.interpretation = interpretation(reading, limits)
                return component
            }
        } else {
            observation.code = group[0].code
            observation.value = value(of: group[0])
            observation.interpretation = interpretation(group[0], limits)
        }
        if group[0].sign != nil {
            var meta = Meta()
            meta.profile = [VitalSign.profile]
            observation.meta = meta
        }
        return observation
    }

    private static func value(of reading: VitalReading) -> Observation.Value? {
        switch reading.value {
        case .quantity(let number): .quantity(reading.quantity(number))
        case .text(let text): .string(text)
        case .concept(let json): (try? CodeableConcept(json: json)).map { .codeableConcept($0) }
        }
    }

    /// https://hl7.org/fhir/R4/valueset-observation-interpretation.html
    private static func interpretation(_ reading: VitalReading, _ limits: VitalLimits) -> [CodeableConcept] {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
        switch (breach(reading, .critical, limits), breach(reading, .soft, limits)) {
        case (.below, _): return [.of(system, "LL", "Critical low")]
        case (.above, _): return [.of(system, "HH", "Critical high")]
        case (nil, .below): return [.of(system, "L", "Low")]
        case (nil, .above): return [.of(system, "H", "High")]
        case (nil, nil): return []
        }
    }
}
