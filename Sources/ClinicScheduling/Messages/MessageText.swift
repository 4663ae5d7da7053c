import JSONTape

/// What texts about an appointment may name: when it is, on the clocks of its place, and where a video visit is.
struct MessageText {
    /// `2030-05-06 09:00:00`.
    let local: String
    private let link: String

    /// - Parameter clock: the appointment's; nil where it has no time.
    init(_ appointment: JSONNode, at clock: AppointmentClock?) {
        local = clock?.local ?? ""
        link = VideoRoom.address(of: appointment) ?? ""
    }

    func fill(_ pattern: String) -> String {
        pattern.replacing("{date}", with: String(local.prefix(10)))
            .replacing("{time}", with: String(local.dropFirst(11).prefix(5)))
            .replacing("{link}", with: link)
    }
}
