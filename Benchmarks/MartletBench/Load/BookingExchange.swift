/// Bookings by `$book`: of times that nobody else wants, or of one time by all connections at once, round after round.
struct BookingExchange: Exchange {
    /// Whether all connections want the same time.
    private let isContested: Bool
    private let connectionCount: Int
    private let run = RunNumber.next()
    private var sent = 0
    /// Times that were won, and that somebody asked for.
    private(set) var wonCount = 0
    var contestedCount: Int { (sent + connectionCount - 1) / connectionCount }

    static let shapeNames = ["booked", "taken"]

    init(isContested: Bool, connectionCount: Int) {
        self.isContested = isContested
        self.connectionCount = connectionCount
    }

    mutating func appendRequest(to output: inout [UInt8], connection: Int) {
        let number = isContested ? sent / connectionCount : sent
        // A practitioner has 32 times of a quarter of an hour a day.
        let practitioner = number / 32
        let minute = number % 32 * 15
        let body = """
            {"resourceType":"Parameters","parameter":[{"name":"appointment-resource","resource":{
            "resourceType":"Appointment","status":"proposed","start":"\(Self.time(minute))",
            "end":"\(Self.time(minute + 15))","serviceType":[{"text":"consultation"}],"participant":[
            {"actor":{"reference":"Practitioner/bench-\(run)-\(practitioner)"},"status":"accepted"}]}},
            {"name":"patient-reference","valueReference":{"reference":"Patient/bench-\(run)-\(sent)"}}]}
            """
        output.append(contentsOf: HTTPRequest("POST", "/fhir/Appointment/$book", body: body).bytes)
        sent += 1
    }

    mutating func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer? {
        guard let response = HTTPResponse.scan(bytes) else { return nil }
        let isWon = response.status == 200
        if isWon { wonCount += 1 }
        return Answer(
            byteCount: response.byteCount, status: response.status,
            isExpected: isWon || (isContested && response.status == 409), shape: isWon ? 0 : 1)
    }

    private static func time(_ minute: Int) -> String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "2035-05-07T\(digits(9 + minute / 60)):\(digits(minute % 60)):00Z"
    }
}
