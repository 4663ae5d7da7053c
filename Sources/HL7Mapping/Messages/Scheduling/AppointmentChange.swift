/// How a stored appointment takes up what a message says. §2.9.
struct AppointmentChange: Sendable {
    /// Participants that the message lists replace all, or come and go one by one.
    let isPartial: Bool

    func apply(_ stored: FHIRObject, _ stated: FHIRObject) -> FHIRObject? {
        let status = stated.text("status") ?? stored.text("status") ?? "booked"
        var new = stated
        if isPartial || stated["participant"] == nil {
            new.set("participant", .array(merged(stored, stated)))
        }
        // R4 app-4: a reason goes with a cancelled appointment only.
        let clearing: Set<String> = status == "cancelled" ? [] : ["cancelationReason"]
        var result = ElementOverlay.lay(new, over: stored, clearing: clearing)
        // R4 app-3: what has no times cannot be booked.
        let needsTimes = !["proposed", "cancelled", "waitlist"].contains(status)
        if needsTimes, result["start"] == nil || result["end"] == nil {
            result.set("status", stored["status"])
        }
        return result
    }

    private func merged(_ stored: FHIRObject, _ stated: FHIRObject) -> [FHIRValue] {
        let (old, new) = (Self.items(stored), Self.items(stated))
        let listed = Set(new.compactMap(Self.actor))
        let kept = old.filter { item in
            guard let actor = Self.actor(item) else { return true }
            return !listed.contains(actor)
        }
        return kept + new
    }

    private static func items(_ appointment: FHIRObject) -> [FHIRValue] {
        if case .array(let items)? = appointment["participant"] { items } else { [] }
    }

    private static func actor(_ participant: FHIRValue) -> String? {
        guard case .object(let object) = participant, let actor = object["actor"] else { return nil }
        return key(actor)
    }

    /// Literal references by their address, logical ones by number, mere names by themselves.
    private static func key(_ reference: FHIRValue) -> String? {
        guard case .object(let object) = reference else { return nil }
        if let address = object.text("reference") { return address }
        if case .object(let identifier)? = object["identifier"] {
            return (identifier.text("system") ?? "") + "|" + (identifier.text("value") ?? "")
        }
        return object.text("display")
    }
}
