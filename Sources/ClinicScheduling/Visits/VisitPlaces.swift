import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Where the visit of an appointment is.
enum VisitPlaces {
    /// The places that take part; else those of its schedule; else the one of the role or the service it is with.
    static func of(_ appointment: StoredResource, _ work: ClinicWork) async throws -> [LocalReference] {
        let actors = (appointment.node["participant"]?.items ?? []).filter { $0["status"]?.string != "declined" }
            .compactMap { LocalReference($0["actor"]) }
        let own = places(actors)
        if !own.isEmpty || VideoRoom.isVirtual(appointment.node) { return own }
        let scheduled = try await scheduleActors(of: appointment, work)
        let usual = places(scheduled)
        if !usual.isEmpty { return usual }
        for actor in actors + scheduled where ["PractitionerRole", "HealthcareService"].contains(actor.typeName) {
            let found = try await work.find(actor)?.node["location"]?.items ?? []
            // Of several nobody knows which.
            if found.count == 1, let place = LocalReference(found[0]), place.typeName == "Location" { return [place] }
        }
        return []
    }

    private static func places(_ actors: [LocalReference]) -> [LocalReference] {
        Set(actors.filter { $0.typeName == "Location" }).sorted()
    }

    private static func scheduleActors(
        of appointment: StoredResource, _ work: ClinicWork
    ) async throws -> [LocalReference] {
        var parameters = SQLParameters()
        parameters.append(utf8: appointment.node.source)
        let result = try await work.transaction.session.query(
            try work.store.statement(statement), parameters)
        guard result.rowCount > 0, let content = result.bytes(0, 0) else { return [] }
        return JSONNode(try Document.parse(content)).items.compactMap { LocalReference($0) }
    }

    private static let statement = """
        SELECT (c.content -> 'actor')::text FROM @[Schedule] c
        WHERE c.id = clinic_schedule_of($1::text::jsonb) AND jsonb_typeof(c.content -> 'actor') = 'array'
        """
}
