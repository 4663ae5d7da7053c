internal import HL7Syntax

/// DR and pairs of times to Period. DR[Period].
enum PeriodMap {
    static func map(
        _ context: MappingContext, start: String, end: String, at location: HL7Location? = nil
    ) -> FHIRValue? {
        var period = FHIRObject()
        context.dateTime(start, at: location)?.set("start", in: &period)
        context.dateTime(end, at: location)?.set("end", in: &period)
        return period.isEmpty ? nil : .object(period)
    }
}
