using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using FanIn.Checkpoints;
using FanIn.Onnx;

namespace FanIn.Cli.Init;

/// <summary>Writes a copy of an ONNX file in which the matching parameters have new values.</summary>
internal sealed class OnnxCopyRun(InitRequest request, Terminal terminal)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Plan.Json, terminal);

    private readonly string _output = request.OnnxOutput!;

    /// <exception cref="UsageException">Nothing matches, or there is no recipe.</exception>
    /// <exception cref="OnnxException">The file can't be read, isn't ONNX, or the values can't be exchanged.</exception>
    /// <exception cref="CheckpointConflictException">Another file is in the way.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public int Execute(CancellationToken cancellation)
    {
        using var json = new JsonResult(request.Plan.Json, "init.json", terminal);
        if (request.Rank.Index > 0)
        {
            _person.Error.WriteLine(
                $"fanin: {request.Rank}; an ONNX file is rank 0's alone, nothing is left to do here"
            );
            json.Write(writer => Write(writer, null, [], new(0, 0, false), 0));
            return ExitCode.Done;
        }
        OnnxModel model = OnnxModel.Load(request.Plan.Source.Path!);
        FanIn.Plan plan = PlanOf(model);
        var copy = OnnxReplacement.Of(model, plan, request.Seed);
        InitWords.WarnOfMemory(_person, copy.WorkingMemory);
        long start = Stopwatch.GetTimestamp();
        WriteResult result;
        using (var progress = ByteProgress.For(_person, "written"))
        {
            result = copy.Write(_output, step => progress.Report(step.Bytes, step.Total), cancellation);
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string[] names = [.. plan.Rows.Select(row => row.Parameter.Name)];
        Show(copy, names, result, seconds);
        json.Write(writer => Write(writer, copy, names, result, seconds));
        return ExitCode.Done;
    }

    /// <summary>
    /// The rows that get new values. What doesn't match needs no rule, and is there all the same for depths and widths.
    /// </summary>
    private FanIn.Plan PlanOf(OnnxModel model)
    {
        ModelDescription all = model.Describe();
        HashSet<string> matching = [.. all.Parameters.Select(parameter => parameter.Name).Where(request.Fits)];
        if (matching.Count == 0)
        {
            string example = all.Parameters.IsEmpty ? "" : $", such as '{all.Parameters[0].Name}'";
            throw new UsageException(
                $"--match '{request.Match}' fits none of the {all.Parameters.Length} parameters{example}; fanin plan shows them"
            );
        }
        if (request.Plan.Recipe is not { } recipe)
        {
            throw new UsageException(
                $"'{model.Path}' says nothing of how its weights were drawn: give --recipe, such as he_normal or a file of rules"
            );
        }
        if (all.Parameters.FirstOrDefault(one => matching.Contains(one.Name) && !one.IsTrainable) is { } fixedOne)
        {
            throw new UsageException(
                $"--match '{request.Match}' fits '{fixedOne.Name}', which is quantized or sparse: no values are drawn for it; leave it out"
            );
        }
        ImmutableArray<PlanRow> rows = [.. recipe.Apply(all, matching).Rows.Where(row => !row.IsKept)];
        return rows.IsEmpty
            ? throw new UsageException(
                $"the recipe keeps all of what --match '{request.Match}' fits; give its rules an initializer"
            )
            : new(rows);
    }

    private void Show(OnnxReplacement copy, string[] names, WriteResult result, double seconds)
    {
        string beside = copy.ExternalFiles.Length switch
        {
            0 => "",
            1 => $" with {copy.ExternalFiles[0]}",
            int count => $" with {count} files of external data",
        };
        _person.Output.WriteLine(
            $"{_output}{beside}: {names.Length} parameter{(names.Length == 1 ? "" : "s")} new, {ByteText.Of(copy.Length)}, seed {request.Seed}; {InitWords.Written(result, seconds)}"
        );
    }

    /// <param name="json">Gets the document.</param>
    /// <param name="copy">What was written; null on a rank that has nothing to do.</param>
    /// <param name="names">The parameters that are new.</param>
    /// <param name="result">How much was written.</param>
    /// <param name="seconds">How long it took.</param>
    private void Write(Utf8JsonWriter json, OnnxReplacement? copy, string[] names, WriteResult result, double seconds)
    {
        json.WriteStartObject();
        json.WriteString("model", _output);
        json.WriteString("seed", request.Seed.ToString());
        json.WriteStartArray("new");
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }
        json.WriteEndArray();
        json.WriteStartArray("externalFiles");
        foreach (string name in copy?.ExternalFiles ?? [])
        {
            json.WriteStringValue(name);
        }
        json.WriteEndArray();
        if (copy is not null)
        {
            json.WriteNumber("totalSize", copy.Length);
        }
        InitWords.Write(json, result);
        json.WriteNumber("seconds", Math.Round(seconds, 3));
        json.WriteEndObject();
    }
}
