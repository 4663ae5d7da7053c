import Glibc

/// What is measured, and for how long.
struct Options {
    var martlet = ""
    var workloads: [String] = []
    /// Measured seconds of a window.
    var seconds = 5
    var pairs = 5
    /// About this many resources are loaded.
    var scale = 100_000
    /// Made and deleted by the run unless given.
    var dataDirectory: String?
    var resultFile: String?
    var measuresStart = true
    /// Prints the twin scripts and ends.
    var showsScripts = false
    /// Measures latency at these numbers of resources instead of the workloads.
    var growth: [Int] = []
    /// Measures what `--auth smart` costs instead of the workloads.
    var isGuarded = false
    /// Measures nothing but what validating a resource costs.
    var validatesOnly = false
    var parsesOnly = false

    static let labWorkload = "oru"
    static let iterationWorkload = "crud"
    static let bundleWorkload = "bundles"
    static let bookingWorkload = "book"
    static let contestWorkload = "book-contested"
    static let journeyWorkload = "journey"
    static let allNames =
        HTTPWorkloads.names + [
            iterationWorkload, bundleWorkload, bookingWorkload, contestWorkload, journeyWorkload,
            labWorkload,
        ]
    /// Resources that the generator makes for each patient.
    static let resourcesPerPatient = 80

    static let help = """
        usage: martlet-bench --martlet PATH [options]

          --only A,B        these workloads only: \(allNames.joined(separator: ", "))
          --quick           windows of 2 s in 3 pairs
          --seconds N       length of a window (5)
          --pairs N         windows of each side (5)
          --scale N         resources to load (100000)
          --data-dir PATH   keep the data there; what is there already is used as it is
          --no-start        do not measure how long starting takes
          --show-scripts    print the pgbench scripts, measure nothing
          --growth N,M      latency of reads and searches with N and with M resources, each on a new database
          --auth smart      what --auth smart with its record leaves of the throughput with --auth none, for read,
                            two searches and create (or what --only names); pgbench has no part in it
          --parsing         only how fast HL7 v2 messages are parsed; needs no server
          --validation      only what validating a resource costs; needs no server
          --output FILE     also write the figures as JSON

        """

    var patientCount: Int { max(1, scale / Self.resourcesPerPatient) }

    static func parse(_ arguments: [String]) throws -> Options {
        var options = Options()
        options.workloads = allNames
        var rest = arguments[...]
        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else { throw BenchError(.usage, "\(option) needs a value") }
            return value
        }
        func number(_ option: String) throws -> Int {
            guard let number = Int(try value(option)), number > 0 else {
                throw BenchError(.usage, "\(option) needs a number")
            }
            return number
        }
        while let option = rest.popFirst() {
            switch option {
            case "--martlet": options.martlet = try value(option)
            case "--only": options.workloads = try names(try value(option))
            case "--quick": (options.seconds, options.pairs) = (2, 3)
            case "--seconds": options.seconds = try number(option)
            case "--pairs": options.pairs = try number(option)
            case "--scale": options.scale = try number(option)
            case "--growth":
                options.growth = try value(option).split(separator: ",").map {
                    guard let scale = Int($0), scale > 0 else { throw BenchError(.usage, "\(option) needs numbers") }
                    return scale
                }
            case "--auth":
                let name = try value(option)
                guard name == "smart" || name == "none" else {
                    throw BenchError(.usage, "--auth is smart or none, not \(name)")
                }
                options.isGuarded = name == "smart"
            case "--validation": options.validatesOnly = true
            case "--parsing": options.parsesOnly = true
            case "--data-dir": options.dataDirectory = try value(option)
            case "--output": options.resultFile = try value(option)
            case "--no-start": options.measuresStart = false
            case "--show-scripts": options.showsScripts = true
            default: throw BenchError(.usage, "unknown option \(option)\n\(help)")
            }
        }
        guard options.validatesOnly || options.parsesOnly || access(options.martlet, X_OK) == 0 else {
            throw BenchError(.usage, "--martlet names no program\n\(help)")
        }
        return options
    }

    /// A name stands for itself or, as `search`, for all that begin with it.
    private static func names(_ list: String) throws -> [String] {
        try list.split(separator: ",").flatMap { part in
            let found = allNames.filter { $0 == part || $0.hasPrefix(part + "-") }
            if found.isEmpty { throw BenchError(.usage, "there is no workload \(part)") }
            return found
        }
    }
}
