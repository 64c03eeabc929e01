using System.Diagnostics;
using System.Globalization;

namespace FanIn.Writing;

/// <summary>Runs of each kind by turns, so that what else the machine does meets all of them alike.</summary>
internal static class Comparison
{
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

        public double PeakMegabytes => PeakKilobytes / 1000.0;
    }

    public static int Execute(string[] args)
    {
        string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("fanin-writing-").FullName;
        int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        string? tool = args.Length > 2 ? args[2] : null;
        Directory.CreateDirectory(folder);
        string[] kinds =
        [
            .. tool is null ? [] : new[] { "tool" },
            "fanin",
            "constant",
            .. HasTorch() ? ["torch"] : Array.Empty<string>(),
        ];
        if (!kinds.Contains("torch"))
        {
            Console.WriteLine("python3-torch isn't installed: without its comparison");
        }
        foreach (string model in OneRun.Models)
        {
            Compare(model, kinds, rounds, Path.Combine(folder, "checkpoint"), tool);
        }
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static void Compare(string model, string[] kinds, int rounds, string output, string? tool)
    {
        int layers = OneRun.LayersOf(model);
        Dictionary<string, List<Measured>> runs = kinds.ToDictionary(kind => kind, _ => new List<Measured>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (string kind in kinds)
            {
                Measured run = kind switch
                {
                    "torch" => OfTorch(model, output),
                    "tool" => OfTool(tool!, model, output),
                    _ => OfFanIn(kind, model, output, layers, 1),
                };
                runs[kind].Add(run);
                Print(
                    $"{model, -6} {kind, -9} {run.Seconds, 6:0.00} s {run.Rate, 6:0.00} GB/s {run.PeakMegabytes, 7:0} MB"
                );
            }
        }
        Measured large = OfFanIn("fanin", model, output, 10 * layers, 10);
        foreach (string kind in kinds.Where(kind => kind is "fanin" or "tool"))
        {
            Print($"");
            Print(
                $"{model} {kind}: median {Median(runs[kind].Select(run => run.Seconds)):0.00} s, {Median(runs[kind].Select(run => run.Rate)):0.00} GB/s, peak memory {runs[kind].Max(run => run.PeakMegabytes):0} MB"
            );
            Print(
                $"  of the same writing without values: {Ratio("constant", kind):0.00} of the speed (median of pairs)"
            );
            if (kinds.Contains("torch"))
            {
                Print(
                    $"  against torch: {Ratio("torch", kind):0.0} times as fast (median of pairs), torch's peak {runs["torch"].Max(run => run.PeakMegabytes):0} MB"
                );
            }
        }
        Print($"{model} fanin: peak memory of a plan ten times as large {large.PeakMegabytes:0} MB");
        Print($"");

        double Ratio(string slow, string fast) => Median(runs[fast].Zip(runs[slow], (f, s) => s.Seconds / f.Seconds));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static Measured OfFanIn(string kind, string model, string output, int layers, int world) =>
        Run(
            output,
            Environment.ProcessPath!,
            "one",
            kind,
            model,
            output,
            layers.ToString(CultureInfo.InvariantCulture),
            world.ToString(CultureInfo.InvariantCulture)
        );

    private static Measured OfTorch(string model, string output)
    {
        Directory.CreateDirectory(output);
        string shapes = string.Join(
            ',',
            OneRun
                .Plan(model, OneRun.LayersOf(model))
                .Model.Description.Parameters.Select(parameter => string.Join('x', parameter.Tensor.Shape))
        );
        return Run(output, "/usr/bin/python3", "-c", Torch, Path.Combine(output, "model.pt"), shapes);
    }

    /// <summary>A command as a user gives it; its memory is looked at while it runs.</summary>
    private static Measured OfTool(string tool, string model, string output)
    {
        string config = output + ".json";
        File.WriteAllText(config, OneRun.Config(model, OneRun.LayersOf(model)));
        long start = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo(tool, ["init", config, "--out", output])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = new FileInfo(Path.Combine(output, "model.safetensors")).Length;
        Directory.Delete(output, recursive: true);
        return process.ExitCode == 0
            ? new(seconds, bytes, peak / 1024)
            : throw new InvalidOperationException($"{tool} ended with {process.ExitCode}.");
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
