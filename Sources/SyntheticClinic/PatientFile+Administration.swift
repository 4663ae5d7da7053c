import JSONTape

/// Appointments, encounters and invoices.
extension PatientFile {
    func encounter(_ visit: Visit) -> Link {
        Link(reference: "Encounter/\(clinic.id(.encounter, index, visit.number))")
    }

    func addAppointment(_ visit: Visit) {
        addAppointment(visit.number % 2, "fulfilled", visit.start, visit.practitioner, slot: nil)
    }

    func addAppointment(
        _ number: Int, _ status: String, _ start: CivilTime, _ file: PractitionerFile, slot: Link?
    ) {
        let service = house.service(file.department)
        add("Appointment", clinic.id(.appointment, index, number)) { writer in
            writer.member("status", status)
            writer.concepts("serviceType", .hl7("service-type", "124", "General Practice"), text: service.display)
            writer.concepts("specialty", House.departments[file.department].specialty)
            writer.concept("appointmentType", [.hl7("v2-0276", "ROUTINE", "Routine appointment")])
            writer.member("start", start.dateTime)
            writer.member("end", start.adding(minutes: 30).dateTime)
            writer.key("minutesDuration")
            writer.number(30)
            if let slot { writer.links("slot", [slot]) }
            let created = Swift.min(start.adding(minutes: -14 * 1440), CivilTime(day: CivilTime.referenceDay - 1))
            writer.member("created", created.dateTime)
            writer.key("participant")
            writer.beginArray()
            for actor in [patient, file.practitioner] {
                writer.beginObject()
                writer.link("actor", actor)
                writer.member("required", "required")
                writer.member("status", "accepted")
                writer.endObject()
            }
            writer.endArray()
        }
    }

    func addEncounter(_ visit: Visit) {
        let wasBooked = visit.number >= 6
        let end = visit.start.adding(minutes: 25)
        add("Encounter", clinic.id(.encounter, index, visit.number)) { writer in
            writer.identifiers("urn:martlet:visit", "V\(index + 1)-\(visit.number + 1)")
            writer.member("status", "finished")
            writer.key("class")
            writer.coding(.hl7("v3-ActCode", "AMB", "ambulatory"))
            writer.concepts("type", .snomed("185349003", "Encounter for check up"))
            writer.link("subject", patient)
            writer.key("participant")
            writer.beginArray()
            writer.beginObject()
            writer.concepts("type", .hl7("v3-ParticipationType", "PPRF", "primary performer"))
            writer.link("individual", visit.practitioner.practitioner)
            writer.endObject()
            writer.endArray()
            if wasBooked {
                let id = clinic.id(.appointment, index, visit.number % 2)
                writer.links("appointment", [Link(reference: "Appointment/\(id)")])
            }
            writer.period("period", visit.start, end)
            writer.key("location")
            writer.beginArray()
            writer.beginObject()
            writer.link("location", house.location(visit.practitioner.department))
            writer.endObject()
            writer.endArray()
            writer.link("serviceProvider", house.organization)
        }
    }

    func addInvoice(_ visit: Visit) {
        let fee = withRandomness { 4500 + 50 * $0.below(60) }
        let material = withRandomness { 250 + 5 * $0.below(200) }
        let isPaid = withRandomness { $0.chance(85) }
        add("Invoice", clinic.id(.invoice, index, visit.number)) { writer in
            writer.identifiers("urn:martlet:invoice", "I\(index + 1)-\(visit.number + 1)")
            writer.member("status", isPaid ? "balanced" : "issued")
            writer.link("subject", patient)
            writer.link("recipient", patient)
            writer.member("date", visit.start.adding(minutes: 60).dateTime)
            writer.link("issuer", house.organization)
            writer.key("lineItem")
            writer.beginArray()
            for (sequence, item) in [("Consultation", fee), ("Consumables", material)].enumerated() {
                writer.beginObject()
                writer.key("sequence")
                writer.number(sequence + 1)
                writer.key("chargeItemCodeableConcept")
                writer.beginObject()
                writer.member("text", item.0)
                writer.endObject()
                writer.key("priceComponent")
                writer.beginArray()
                writer.beginObject()
                writer.member("type", "base")
                writer.money("amount", cents: item.1)
                writer.endObject()
                writer.endArray()
                writer.endObject()
            }
            writer.endArray()
            writer.money("totalNet", cents: fee + material)
            writer.money("totalGross", cents: fee + material)
        }
    }
}
