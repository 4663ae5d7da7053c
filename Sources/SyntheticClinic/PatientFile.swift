import JSONTape

/// Everything about one patient, in the order of time. A class, as its parts draw from one randomness while they write.
final class PatientFile {
    private static let visits = 8
    private static let laboratoryVisits: Set<Int> = [0, 3, 6]

    let clinic: SyntheticClinic
    let index: Int
    let house: House
    let person: Person
    private(set) var random: SplitMix64
    private(set) var batch = Batch()
    private var observations = 0

    init(_ clinic: SyntheticClinic, index: Int) {
        self.clinic = clinic
        self.index = index
        house = House(clinic)
        random = clinic.randomness(.patient, index)
        person = Person(&random)
    }

    var patient: Link {
        Link(reference: "Patient/\(clinic.id(.patient, index))", display: "\(person.given) \(person.family)")
    }

    func resources() -> [SyntheticClinic.Element] {
        addPatient()
        let older = olderVisits()
        for number in 0..<Self.visits {
            // The last two visits are those that the two kept appointments led to.
            let position = keptPosition(number)
            let visit =
                number < older.count
                ? Visit(
                    number: number, start: older[number],
                    practitioner: PractitionerFile(clinic, index: random.below(clinic.practitioners)))
                : Visit(
                    number: number, start: PractitionerFile.keptSlot(position / clinic.practitioners),
                    practitioner: PractitionerFile(clinic, index: position % clinic.practitioners))
            add(visit, wasBooked: number >= older.count)
        }
        addBookedAppointment()
        return batch.elements
    }

    /// Which of the clinic's kept appointments the visit was: a full round of all patients lies between a patient's
    /// two, so that nobody is in two places at once.
    private func keptPosition(_ number: Int) -> Int {
        let rounds = (clinic.patients + clinic.practitioners - 1) / clinic.practitioners
        return number == Self.visits - 1 ? index : index + rounds * clinic.practitioners
    }

    /// Starts of the visits without an appointment of ours: five years up to spring 2026, in order.
    private func olderVisits() -> [CivilTime] {
        (0..<Self.visits - 2).map { _ in
            let day = CivilTime.referenceDay - 200 - random.below(1600)
            return CivilTime(day: day, minuteOfDay: 8 * 60 + 15 * random.below(36))
        }.sorted()
    }

    private func add(_ visit: Visit, wasBooked: Bool) {
        if wasBooked { addAppointment(visit) }
        addEncounter(visit)
        if visit.number % 2 == 0 { addCondition(visit) }
        addBloodPressure(visit)
        let first = random.below(Panel.vitalSigns.count)
        for offset in 0..<2 { addVitalSign(visit, Panel.vitalSigns[(first + offset) % Panel.vitalSigns.count]) }
        if Self.laboratoryVisits.contains(visit.number) { addLaboratory(visit) }
        addMedicationRequest(visit)
        addInvoice(visit)
    }

    // MARK: - For the extensions that write one kind of resource each

    func nextObservationID() -> String {
        observations += 1
        return clinic.id(.observation, index, observations)
    }

    func withRandomness<Result>(_ body: (inout SplitMix64) -> Result) -> Result { body(&random) }

    func add(_ type: String, _ id: String, _ body: (inout JSONWriter) -> Void) { batch.add(type, id, body) }

    private func addPatient() {
        let city = random.pick(person.culture.cities)
        let street = "\(random.pick(person.culture.streets)) \(1 + random.below(120))"
        let birth = CivilTime(day: CivilTime.referenceDay - 2200 - random.below(31_000))
        let phone = person.culture.phonePrefix + String(1_000_000 + random.below(9_000_000))
        add("Patient", clinic.id(.patient, index)) { writer in
            writer.key("identifier")
            writer.beginArray()
            writer.beginObject()
            writer.member("use", "usual")
            writer.concept("type", [.hl7("v2-0203", "MR", "Medical record number")])
            writer.member("system", "urn:martlet:mrn")
            writer.member("value", "M\(1_000_001 + index)")
            writer.endObject()
            writer.endArray()
            writer.key("active")
            writer.bool(true)
            person.writeName(to: &writer)
            writer.key("telecom")
            writer.beginArray()
            writer.telecom("phone", phone, use: "mobile")
            writer.telecom("email", "m\(1_000_001 + index)@mail.example", use: "home")
            writer.endArray()
            writer.member("gender", person.gender)
            writer.member("birthDate", birth.date)
            writer.key("address")
            writer.beginArray()
            writer.beginObject()
            writer.member("use", "home")
            writer.key("line")
            writer.beginArray()
            writer.string(street)
            writer.endArray()
            writer.member("city", city.city)
            writer.member("postalCode", city.postalCode)
            writer.member("country", person.culture.country)
            writer.endObject()
            writer.endArray()
            writer.key("communication")
            writer.beginArray()
            writer.beginObject()
            writer.concept("language", [Coding("urn:ietf:bcp:47", person.culture.language, person.culture.language)])
            writer.endObject()
            writer.endArray()
            writer.link("managingOrganization", house.organization)
        }
    }

    private func addBookedAppointment() {
        let file = PractitionerFile(clinic, index: index % clinic.practitioners)
        let (number, start) = PractitionerFile.takenSlot(index / clinic.practitioners)
        file.addSlot(number, start, "busy", to: &batch)
        let slot = Link(reference: "Slot/\(clinic.id(.slot, file.index, number))")
        addAppointment(2, "booked", start, file, slot: slot)
    }
}

/// One time at the clinic.
struct Visit {
    var number: Int
    var start: CivilTime
    var practitioner: PractitionerFile
}
