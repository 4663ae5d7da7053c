import JSONTape
import Testing

@testable import SyntheticClinic

@Suite struct SyntheticClinicTests {
    @Test func sameSeedGivesTheSameBytes() {
        let first = SyntheticClinic(seed: 7, patients: 20).map(\.json)
        #expect(first == SyntheticClinic(seed: 7, patients: 20).map(\.json))
        #expect(first != SyntheticClinic(seed: 8, patients: 20).map(\.json))
    }

    /// The bytes may change when the generator does, but then on purpose: benchmarks compare runs by seed.
    @Test func bytesAreTheSameOnEveryMachine() {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for resource in SyntheticClinic(seed: 1, patients: 3) {
            for byte in resource.json { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        #expect(hash == 6909864275976962781)
    }

    @Test func resourcesParseAndSayWhatTheyAre() throws {
        for resource in SyntheticClinic(seed: 1, patients: 10) {
            let node = JSONNode(try Document.parse(resource.json, limits: .fhir))
            #expect(node["resourceType"]?.string == resource.type)
            #expect(node["id"]?.string == resource.id)
            #expect(resource.id.utf8.count == 36)
        }
    }

    /// Whatever a resource refers to came before it, so that any loader may take them one by one.
    @Test func referencesPointAtEarlierResources() throws {
        var seen: Set<String> = []
        for resource in SyntheticClinic(seed: 3, patients: 25) {
            for reference in references(in: JSONNode(try Document.parse(resource.json))) {
                #expect(seen.contains(reference), "\(resource.type) refers to \(reference)")
            }
            let isNew = seen.insert("\(resource.type)/\(resource.id)").inserted
            #expect(isNew)
        }
    }

    @Test func seedsShareNoIDs() {
        let first = Set(SyntheticClinic(seed: 1, patients: 10).map(\.id))
        #expect(first.isDisjoint(with: SyntheticClinic(seed: 2, patients: 10).map(\.id)))
    }

    @Test func aPatientBringsAboutEightyResources() throws {
        let small = Array(SyntheticClinic(seed: 1, patients: 20))
        let large = Array(SyntheticClinic(seed: 1, patients: 40))
        #expect((75...85).contains((large.count - small.count) / 20))
        let observations = large.filter { $0.type == "Observation" }
        #expect((0.45...0.6).contains(Double(observations.count) / Double(large.count)))
        let average = observations.reduce(0) { $0 + $1.json.count } / observations.count
        #expect((1000...1600).contains(average), "\(average)")
    }

    /// Nobody is in two places at once.
    @Test func appointmentsDoNotCollide() throws {
        var taken: Set<String> = []
        for resource in SyntheticClinic(seed: 5, patients: 60) where resource.type == "Appointment" {
            let node = JSONNode(try Document.parse(resource.json))
            for participant in node["participant"]?.items ?? [] {
                let actor = participant["actor"]?["reference"]?.string ?? ""
                let isNew = taken.insert("\(actor) \(node["start"]?.string ?? "")").inserted
                #expect(isNew)
            }
        }
        #expect(taken.count == 60 * 3 * 2)
    }

    @Test func slotsOfOneScheduleDoNotOverlap() throws {
        var starts: Set<String> = []
        for resource in SyntheticClinic(seed: 5, patients: 60) where resource.type == "Slot" {
            let node = JSONNode(try Document.parse(resource.json))
            let schedule = node["schedule"]?["reference"]?.string ?? ""
            let isNew = starts.insert("\(schedule) \(node["start"]?.string ?? "")").inserted
            #expect(isNew)
        }
    }

    @Test func requiredElementsAreThere() throws {
        let required: [String: [String]] = [
            "Observation": ["status", "code", "subject", "effectiveDateTime"],
            "Encounter": ["status", "class"], "Condition": ["subject", "clinicalStatus"],
            "MedicationRequest": ["status", "intent", "medicationCodeableConcept", "subject"],
            "Appointment": ["status", "participant", "start", "end"], "Slot": ["schedule", "status", "start", "end"],
            "Schedule": ["actor"], "Invoice": ["status", "lineItem", "totalGross"],
            "ServiceRequest": ["status", "intent", "subject"], "DiagnosticReport": ["status", "code", "result"],
            "Patient": ["identifier", "name", "gender", "birthDate"], "Practitioner": ["name"],
            "PractitionerRole": ["practitioner", "organization"], "HealthcareService": ["name"],
            "Organization": ["name"], "Location": ["name", "status"],
        ]
        var types: Set<String> = []
        for resource in SyntheticClinic(seed: 2, patients: 10) {
            let node = JSONNode(try Document.parse(resource.json))
            let names = try #require(required[resource.type], "\(resource.type)")
            for name in names { #expect(node[named: name] != nil, "\(resource.type).\(name)") }
            types.insert(resource.type)
        }
        #expect(types == Set(required.keys))
    }

    private func references(in node: JSONNode) -> [String] {
        node.elements.flatMap { references(in: $0) }
            + node.members.flatMap { key, value in
                key == "reference" ? [value.string ?? ""] : references(in: value)
            }
    }
}

@Suite struct CivilTimeTests {
    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (20_605, "2026-06-01"), (-25_509, "1900-02-28"),
        (-25_508, "1900-03-01"), (20_818, "2026-12-31"), (21_977, "2030-03-04"),
    ])
    func datesAreCivil(_ day: Int, _ text: String) { #expect(CivilTime(day: day).date == text) }

    @Test func dateTimesAreInUTC() {
        #expect(CivilTime(day: CivilTime.referenceDay, minuteOfDay: 575).dateTime == "2026-06-01T09:35:00Z")
    }

    @Test(arguments: [(0, 0), (1, 1), (4, 4), (5, 7), (9, 11), (-1, -3), (-5, -7), (-6, -10)])
    func workingDaysSkipWeekends(_ count: Int, _ days: Int) {
        let reference = CivilTime.referenceDay
        #expect(CivilTime.workingDay(count, from: reference) == reference + days)
    }

    @Test(arguments: [(1250, 2, "12.50"), (5, 2, "0.05"), (-5, 1, "-0.5"), (7, 0, "7"), (100, 1, "10.0")])
    func decimalsKeepTheirDigits(_ value: Int, _ decimals: Int, _ text: String) {
        #expect(Decimals.text(value, decimals: decimals) == text)
    }
}
