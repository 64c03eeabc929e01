using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Verify;

/// <summary>Verifies a checkpoint and says what differs.</summary>
internal sealed class VerifyAction(string? folder, string? sample, string? threads, string? jsonPath, Terminal terminal)
{
    private const int MostThreads = 4096;
    private const int MostLines = 20;

    private readonly Terminal _person = JsonResult.ForPeople(jsonPath, terminal);

    /// <exception cref="UsageException">An option's value is wrong.</exception>
    /// <exception cref="SafetensorsException">There is no checkpoint with a record.</exception>
    public int Execute(CancellationToken cancellation)
    {
        if (folder is not { Length: > 0 })
        {
            throw new UsageException("verify needs DIR, the folder of a checkpoint that init wrote");
        }
        if (folder.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) && File.Exists(folder))
        {
            throw new UsageException(
                $"'{folder}' is an ONNX file, which has no plan beside it: the init command that made it compares when it is given again"
            );
        }
        var options = new CheckpointVerifierOptions
        {
            Sample = sample is null ? null : OptionValue.Count("--sample", sample, 1, int.MaxValue),
            Threads = threads is null ? 0 : OptionValue.Count("--threads", threads, 1, MostThreads),
        };
        using var json = new JsonResult(jsonPath, "verify.json", terminal);
        long start = Stopwatch.GetTimestamp();
        VerifyResult result;
        using (var progress = ByteProgress.For(_person, "compared"))
        {
            result = CheckpointVerifier.Run(
                folder,
                options with
                {
                    Progress = step => progress.Report(step.Bytes, step.Total),
                },
                cancellation
            );
        }
        Show(result, Stopwatch.GetElapsedTime(start).TotalSeconds);
        json.Write(writer => Write(writer, result));
        return result.IsEqual ? ExitCode.Done : ExitCode.Fault;
    }

    private void Show(VerifyResult result, double seconds)
    {
        foreach (string fault in result.Faults.Take(MostLines))
        {
            _person.Output.WriteLine(fault);
        }
        foreach (ValueDifference difference in result.Differences.Take(MostLines))
        {
            _person.Output.WriteLine(
                $"{difference.FileName}: {difference.Tensor} differs first at element {Number(difference.Index)}: expected {difference.Expected}, found {difference.Found}; {Number(difference.Count)} {(difference.Count == 1 ? "differs" : "differ")}"
            );
        }
        int more = Math.Max(0, result.Faults.Length - MostLines) + Math.Max(0, result.Differences.Length - MostLines);
        if (more > 0)
        {
            _person.Output.WriteLine($"... and {Number(more)} more");
        }
        string[] found =
        [
            .. result.Differences.IsEmpty
                ? (string[])[]
                : [Counted(result.Differences.Length, "tensor differs", "tensors differ")],
            .. result.Faults.IsEmpty ? (string[])[] : [Counted(result.Faults.Length, "fault", "faults")],
        ];
        _person.Output.WriteLine(
            $"{folder}: {Number(result.Compared)} elements compared in {ByteText.Seconds(seconds)}, "
                + (result.IsEqual ? "all as planned" : $"but {string.Join(" and ", found)}")
        );
        ShowRest(result);
    }

    /// <summary>What nobody looked at must not pass for looked at.</summary>
    private void ShowRest(VerifyResult result)
    {
        if (result.NotCompared == 0)
        {
            return;
        }
        bool isOne = result.NotCompared == 1;
        string why = sample is null
            ? "the sums of their source aren't in the folder (fanin.copied.json) or are another plan's; init writes them last"
            : "a sample can't tell whether they are what they were";
        _person.Output.WriteLine(
            $"{Number(result.NotCompared)} copied tensor{(isOne ? " wasn't" : "s weren't")} compared: {why}"
        );
    }

    private static void Write(Utf8JsonWriter json, VerifyResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("equal", result.IsEqual);
        json.WriteNumber("compared", result.Compared);
        json.WriteNumber("notCompared", result.NotCompared);
        json.WriteStartArray("differences");
        foreach (ValueDifference difference in result.Differences)
        {
            json.WriteStartObject();
            json.WriteString("file", difference.FileName);
            json.WriteString("tensor", difference.Tensor);
            json.WriteNumber("element", difference.Index);
            json.WriteString("expected", difference.Expected);
            json.WriteString("found", difference.Found);
            json.WriteNumber("count", difference.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("faults");
        foreach (string fault in result.Faults)
        {
            json.WriteStringValue(fault);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Counted(int count, string one, string more) => $"{Number(count)} {(count == 1 ? one : more)}";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
