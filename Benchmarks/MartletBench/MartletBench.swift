import Glibc

/// Measures a server of its own against what PostgreSQL alone does with the same statements. See docs/benchmarks.md.
@main
struct MartletBench {
    static func main() {
        do {
            let options = try Options.parse(Array(CommandLine.arguments.dropFirst()))
            let errorCount: Int
            if options.validatesOnly {
                print("validating 1.8 kB: \(NumberText.fixed(try ValidationCost.microseconds(), 2)) µs")
                errorCount = 0
            } else if options.parsesOnly {
                print("parsing ORU^R01 of 8 OBX: \(NumberText.short(try MessageParsing.perSecond())) a second")
                errorCount = 0
            } else if options.isGuarded {
                errorCount = try AccessCost(options).execute()
            } else if options.growth.isEmpty {
                var run = try Run(options)
                errorCount = try run.execute()
            } else {
                errorCount = try Growth(options).execute()
            }
            exit(errorCount == 0 ? 0 : 1)
        } catch let error as BenchError where error.code == .usage {
            Progress.say("\(error)")
            exit(2)
        } catch {
            Progress.say("martlet-bench: \(error)")
            exit(1)
        }
    }
}
