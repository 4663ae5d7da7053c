import JSONTape

/// A practitioner with the role, the schedule and the free slots that come with the job.
struct PractitionerFile {
    /// Free slots on the morning of the planning day, half an hour each from 08:00.
    private static let freeSlots = 8

    let clinic: SyntheticClinic
    let index: Int

    init(_ clinic: SyntheticClinic, index: Int) {
        self.clinic = clinic
        self.index = index
    }

    var department: Int { index % House.departments.count }
    var practitioner: Link {
        Link(
            reference: "Practitioner/\(clinic.id(.practitioner, index))",
            display: "Dr. \(person.given) \(person.family)")
    }
    var schedule: Link { Link(reference: "Schedule/\(clinic.id(.schedule, index))") }

    private var person: Person {
        var random = clinic.randomness(.practitioner, index)
        return Person(&random)
    }

    func resources() -> [SyntheticClinic.Element] {
        var batch = Batch()
        let house = House(clinic)
        let person = person
        batch.add("Practitioner", clinic.id(.practitioner, index)) { writer in
            writer.identifiers("urn:martlet:staff", "P\(index + 1)")
            writer.key("active")
            writer.bool(true)
            person.writeName(to: &writer, prefix: "Dr.")
            writer.key("telecom")
            writer.beginArray()
            writer.telecom("email", "p\(index + 1)@clinic.example", use: "work")
            writer.endArray()
            writer.member("gender", person.gender)
        }
        batch.add("PractitionerRole", clinic.id(.practitionerRole, index)) { writer in
            writer.key("active")
            writer.bool(true)
            writer.link("practitioner", practitioner)
            writer.link("organization", house.department(department))
            writer.concepts("code", .hl7("practitioner-role", "doctor", "Doctor"))
            writer.concepts("specialty", House.departments[department].specialty)
            writer.links("location", [house.location(department)])
            writer.links("healthcareService", [house.service(department)])
        }
        batch.add("Schedule", clinic.id(.schedule, index)) { writer in
            writer.identifiers("urn:martlet:schedule", "P\(index + 1)")
            writer.key("active")
            writer.bool(true)
            writer.concepts("specialty", House.departments[department].specialty)
            writer.links("actor", [practitioner])
            writer.period(
                "planningHorizon", CivilTime(day: CivilTime.referenceDay),
                CivilTime(day: CivilTime.planningDay + 365))
        }
        for number in 0..<Self.freeSlots {
            let start = CivilTime(day: CivilTime.planningDay, minuteOfDay: 8 * 60 + 30 * number)
            addSlot(number, start, "free", to: &batch)
        }
        return batch.elements
    }

    /// Adds a slot of half an hour; the first numbers are the free ones, patients' follow.
    func addSlot(_ number: Int, _ start: CivilTime, _ status: String, to batch: inout Batch) {
        batch.add("Slot", clinic.id(.slot, index, number)) { writer in
            writer.link("schedule", schedule)
            writer.member("status", status)
            writer.member("start", start.dateTime)
            writer.member("end", start.adding(minutes: 30).dateTime)
        }
    }

    /// Number and start of the `position`-th slot taken by a patient: afternoons from the planning day on, eight a day.
    static func takenSlot(_ position: Int) -> (number: Int, start: CivilTime) {
        let day = CivilTime.workingDay(position / 8, from: CivilTime.planningDay)
        return (freeSlots + position, CivilTime(day: day, minuteOfDay: 13 * 60 + 30 * (position % 8)))
    }

    /// Start of the `position`-th kept appointment: mornings before the reference day, six a day, newest first.
    static func keptSlot(_ position: Int) -> CivilTime {
        let day = CivilTime.workingDay(-1 - position / 6, from: CivilTime.referenceDay)
        return CivilTime(day: day, minuteOfDay: 9 * 60 + 30 * (5 - position % 6))
    }
}

/// Name and sex of a made-up person.
struct Person {
    var culture: Culture
    var family: String
    var given: String
    var isFemale: Bool

    init(_ random: inout SplitMix64) {
        culture = random.pick(Culture.all)
        isFemale = random.chance(51)
        family = random.pick(culture.families)
        given = random.pick(isFemale ? culture.women : culture.men)
    }

    var gender: String { isFemale ? "female" : "male" }

    func writeName(to writer: inout JSONWriter, prefix: String? = nil) {
        writer.key("name")
        writer.beginArray()
        writer.beginObject()
        writer.member("use", "official")
        writer.member("family", family)
        writer.key("given")
        writer.beginArray()
        writer.string(given)
        writer.endArray()
        if let prefix {
            writer.key("prefix")
            writer.beginArray()
            writer.string(prefix)
            writer.endArray()
        }
        writer.endObject()
        writer.endArray()
    }
}
