using System.Diagnostics;
using System.Globalization;

namespace FanIn.Writing;

/// <summary>Runs of each kind by turns, so that what else the machine does meets all of them alike.</summary>
internal static class Comparison
{
    private const int Layers = 22;

    private const string Torch = """
        import os, sys, time, resource, torch
        path, shapes = sys.argv[1], [tuple(map(int, s.split("x"))) for s in sys.argv[2].split(",")]
        start = time.perf_counter()
        tensors = {str(i): torch.empty(s).normal_(0, 0.02) for i, s in enumerate(shapes)}
        with open(path, "wb") as f:
            torch.save(tensors, f)
            f.flush()
            os.fsync(f.fileno())
        print(time.perf_counter() - start, os.path.getsize(path), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        """;

    private sealed record Measured(double Seconds, long Bytes, long PeakKilobytes)
    {
        public double Rate => Bytes / Seconds / 1e9;
    }

    public static int Execute(string[] args)
    {
        string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("fanin-writing-").FullName;
        int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        Directory.CreateDirectory(folder);
        string output = Path.Combine(folder, "checkpoint");
        string[] kinds = HasTorch() ? ["fanin", "constant", "torch"] : ["fanin", "constant"];
        if (kinds.Length < 3)
        {
            Console.WriteLine("python3-torch isn't installed: without its comparison");
        }
        Dictionary<string, List<Measured>> runs = kinds.ToDictionary(kind => kind, _ => new List<Measured>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (string kind in kinds)
            {
                Measured run = kind == "torch" ? OfTorch(output) : OfFanIn(kind, output, Layers, 1);
                runs[kind].Add(run);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{kind, -9} {run.Seconds, 6:0.00} s {run.Rate, 6:0.00} GB/s {run.PeakKilobytes / 1000.0, 7:0} MB"
                    )
                );
            }
        }
        Measured large = OfFanIn("fanin", output, 10 * Layers, 10);
        Directory.Delete(folder, recursive: true);
        double fanin = Median(runs["fanin"].Select(run => run.Seconds));
        Console.WriteLine();
        Print($"fanin: median {fanin:0.00} s, {runs["fanin"][0].Bytes / fanin / 1e9:0.00} GB/s");
        Print(
            $"peak memory: {runs["fanin"].Max(run => run.PeakKilobytes) / 1000.0:0} MB; of a plan ten times as large {large.PeakKilobytes / 1000.0:0} MB"
        );
        Print(
            $"of the same writing without values: {Median(runs["fanin"].Zip(runs["constant"], (f, c) => c.Seconds / f.Seconds)):0.00} of the speed (median of pairs)"
        );
        if (kinds.Length == 3)
        {
            Print(
                $"against torch: {Median(runs["fanin"].Zip(runs["torch"], (f, t) => t.Seconds / f.Seconds)):0.0} times as fast (median of pairs), torch's peak {runs["torch"].Max(run => run.PeakKilobytes) / 1000.0:0} MB"
            );
        }
        return 0;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static Measured OfFanIn(string kind, string output, int layers, int world) =>
        Run(
            output,
            Environment.ProcessPath!,
            "one",
            kind,
            output,
            layers.ToString(CultureInfo.InvariantCulture),
            world.ToString(CultureInfo.InvariantCulture)
        );

    private static Measured OfTorch(string output)
    {
        Directory.CreateDirectory(output);
        string shapes = string.Join(
            ',',
            OneRun
                .Plan(Layers)
                .Model.Description.Parameters.Select(parameter => string.Join('x', parameter.Tensor.Shape))
        );
        return Run(output, "/usr/bin/python3", "-c", Torch, Path.Combine(output, "model.pt"), shapes);
    }

    private static Measured Run(string output, string program, params string[] args)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, args) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        string[] words = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        Directory.Delete(output, recursive: true);
        return process.ExitCode == 0
            ? new(
                double.Parse(words[0], CultureInfo.InvariantCulture),
                long.Parse(words[1], CultureInfo.InvariantCulture),
                long.Parse(words[2], CultureInfo.InvariantCulture)
            )
            : throw new InvalidOperationException($"{program} {args[0]} ended with {process.ExitCode}.");
    }

    private static bool HasTorch()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            return false;
        }
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", ["-c", "import torch"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
