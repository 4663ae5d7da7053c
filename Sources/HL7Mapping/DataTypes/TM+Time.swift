/// TM to `time`: FHIR's has no zone, so that part is dropped.
enum TimeMap {
    static func map(_ text: String) -> FHIRValue? {
        let body = text.cleaned.prefix { $0 != "+" && $0 != "-" }
        guard let time = HL7Time("20000101" + body), let hour = time.hour, !time.isCut else { return nil }
        func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = pad(time.second ?? 0) + (time.fraction.isEmpty ? "" : "." + time.fraction)
        return .string("\(pad(hour)):\(pad(time.minute ?? 0)):\(seconds)")
    }
}
