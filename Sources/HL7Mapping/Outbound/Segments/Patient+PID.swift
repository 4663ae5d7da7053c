internal import HL7Syntax
internal import JSONTape

extension OutboundWriter {
    /// PID of a Patient.
    /// - Parameter old: the version that the receiver knows. What it had and the patient has no more is `""` then,
    ///   where the receiver wants that; to others nothing is known of it.
    mutating func patient(_ patient: JSONNode?, before old: JSONNode? = nil) {
        var segment = identification(patient)
        if profile.sendsNulls, let old {
            for number in valued(identification(old)).subtracting(valued(segment)) {
                segment.set(number, .encoded(Array("\"\"".utf8)))
            }
        }
        append(segment)
    }

    /// Numbers of the fields that hold something.
    private func valued(_ segment: SegmentBuilder) -> Set<Int> {
        var builder = MessageBuilder(delimiters: profile.delimiters, charset: .utf8)
        builder.append(self.segment("MSH"))
        builder.append(segment)
        guard let message = try? RawMessage(parsing: builder.encode()) else { return [] }
        return Set((1...40).filter { !message["PID", field: $0].isEmpty })
    }

    /// The reverse of `PatientMap`.
    private func identification(_ patient: JSONNode?) -> SegmentBuilder {
        let values = FieldValues(profile: profile)
        var segment = segment("PID")
        segment.set(1, "1")
        guard let patient else { return segment }
        segment.fill(3, identifiers(of: patient))
        let names = patient["name"]?.items ?? []
        segment.fill(5, names.map { values.name($0) })
        let birthTime = companion(patient["_birthDate"], ExtensionURL.birthTime)?["valueDateTime"]?.string
        segment.fill(7, FieldText.time(birthTime ?? patient["birthDate"]?.string))
        segment.fill(8, sex(patient))
        segment.fill(11, (patient["address"]?.items ?? []).map { values.address($0) })
        let telecom = patient["telecom"]?.items ?? []
        segment.fill(13, telecom.filter { $0["use"]?.string != "work" }.map { values.telecom($0) })
        segment.fill(14, telecom.filter { $0["use"]?.string == "work" }.map { values.telecom($0) })
        let languages = patient["communication"]?.items ?? []
        let language = languages.first { $0["preferred"]?.bool == true } ?? languages.first
        segment.fill(15, [values.concept(language?["language"])])
        segment.fill(16, [maritalStatus(patient["maritalStatus"])])
        if let order = patient["multipleBirthInteger"]?.integer {
            segment.set(24, "Y")
            segment.set(25, .text("\(order)"))
        } else if let flag = patient["multipleBirthBoolean"]?.bool {
            segment.set(24, flag ? "Y" : "N")
        }
        if let death = patient["deceasedDateTime"]?.string {
            segment.fill(29, FieldText.time(death))
            segment.set(30, "Y")
        } else if let isDead = patient["deceasedBoolean"]?.bool {
            segment.set(30, isDead ? "Y" : "N")
        }
        return segment
    }

    /// PID-3 or MRG-1: all identifiers, or our own id where there are none.
    func identifiers(of patient: JSONNode) -> Repetitions {
        let values = FieldValues(profile: profile)
        let identifiers = (patient["identifier"]?.items ?? []).filter { $0["value"]?.string?.isEmpty == false }
        guard identifiers.isEmpty else { return identifiers.map { values.identifier($0) } }
        let id = patient["id"]?.string ?? ""
        return [[[id], [""], [""], [PlacerNumber.namespace, "urn:martlet:patient", "URI"], ["PI"]]]
    }

    /// The code that came with the patient, where FHIR's word says less.
    private func sex(_ patient: JSONNode) -> String {
        let original = companion(patient["_gender"], ExtensionURL.alternateCodes)?["valueCodeableConcept"]
        let code = FieldValues(profile: profile)
            .code(original, system: "http://terminology.hl7.org/CodeSystem/v2-0001")
        return code ?? OutboundPersonTable.sex(patient["gender"]?.string ?? "")
    }

    private func maritalStatus(_ concept: JSONNode?) -> [[String]] {
        for coding in concept?["coding"]?.items ?? [] {
            let (system, code) = (coding["system"]?.string ?? "", coding["code"]?.string ?? "")
            guard let letter = OutboundPersonTable.maritalStatus(system: system, code: code) else { continue }
            return [[letter], [coding["display"]?.string ?? ""], ["HL70002"]]
        }
        return FieldValues(profile: profile).concept(concept)
    }

    func companion(_ node: JSONNode?, _ url: String) -> JSONNode? {
        (node?["extension"]?.items ?? []).first { $0["url"]?.string == url }
    }
}
