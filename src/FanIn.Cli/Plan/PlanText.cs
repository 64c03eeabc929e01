using System.Collections.Immutable;
using System.Globalization;
using FanIn.Checkpoints;

namespace FanIn.Cli.Plan;

/// <summary>
/// A plan for a person: what the model is, a line for each tensor that all layers have, and the files. Tensors whose names
/// differ in numbers only, and that get the same, share a line.
/// </summary>
internal sealed class PlanText(Terminal terminal, bool all)
{
    /// <summary>Where nobody watches, each row has one line.</summary>
    private const int Unwatched = 160;

    private const int MostFiles = 24;
    private const int LastFiles = 3;

    private readonly int _width = terminal.OutputIsWatched ? Math.Max((terminal.Width ?? 80) - 1, 50) : Unwatched;
    private readonly ColouredLines _lines = new(terminal);

    public void Show(CheckpointPlan plan, string? recipe)
    {
        CheckpointModel model = plan.Model;
        string name = model.Architecture.Length > 0 ? model.Architecture : "Model";
        int tensors = plan.Shards.Shards.Sum(shard => shard.Header.Tensors.Length);
        _lines.Write(
            $"{name}: {Count(plan.ParameterCount)} parameters in {Tensors(model.Description.Parameters.Length)}"
                + (model.Buffers.IsEmpty ? "" : $", {Count(model.Buffers.Length)} buffers")
                + $"; {Types(model)}, {ByteText.Of(plan.Shards.TotalSize)}"
        );
        _lines.Write($"Values: {recipe ?? $"the {model.Family} family's own initialization"}");
        _lines.Write();
        Table(
            ["parameter", "tensors", "shape", "fan-in", "fan-out", "std", "initializer"],
            [.. Groups(plan).Select(Cells)]
        );
        Tied(model.Description);
        _lines.Write();
        Files(plan.Shards);
        _lines.Write(
            $"{Tensors(tensors)}, {Count(plan.Shards.TotalSize)} bytes; in files {Count(plan.Shards.Shards.Sum(shard => shard.FileLength))} bytes"
        );
    }

    private void Tied(ModelDescription description)
    {
        ParameterDescription[] tied = [.. description.Parameters.Where(parameter => !parameter.Aliases.IsEmpty)];
        if (tied.Length > 0)
        {
            _lines.Write();
        }
        foreach (ParameterDescription parameter in tied)
        {
            string text = $"Stored once: {parameter.Name} is {string.Join(" and ", parameter.Aliases)} too";
            foreach (string line in Wrapping.Lines(text, _width))
            {
                _lines.Write(line);
            }
        }
    }

    /// <summary>Logical tensors of one line.</summary>
    private sealed record Group(string Name, PlanPart Part, ImmutableArray<long> Shape, string Initializer)
    {
        public int Count { get; set; } = 1;
    }

    private List<Group> Groups(CheckpointPlan plan)
    {
        var groups = new OrderedDictionary<(string, string, string), Group>();
        foreach (PlanRow row in plan.Plan.Rows)
        {
            foreach ((int i, PlanPart part) in row.Parts.Index())
            {
                ParameterDescription parameter = row.Parameter;
                string name = parameter.Blocks.IsEmpty
                    ? parameter.Name
                    : $"{parameter.Name}#{parameter.Blocks[i].Name}";
                string initializer = part.Initializer?.ToString() ?? "keep";
                if (parameter.PaddingRow is { } padding)
                {
                    initializer += $", row {padding} zero";
                }
                string pattern = all ? name : LayerNames.PatternOf(name);
                var key = (pattern, string.Join('x', part.Tensor.Shape), initializer);
                if (groups.TryGetValue(key, out Group? group))
                {
                    group.Count++;
                    groups[key] = group with { Name = pattern };
                }
                else
                {
                    groups.Add(key, new(name, part, part.Tensor.Shape, initializer));
                }
            }
        }
        return [.. groups.Values];
    }

    private static IReadOnlyList<string> Cells(Group group) =>
        [
            group.Name,
            Count(group.Count),
            $"[{string.Join(", ", group.Shape)}]",
            Number(group.Part.Tensor.Fan?.In),
            Number(group.Part.Tensor.Fan?.Out),
            Number(group.Part.StandardDeviation),
            group.Initializer,
        ];

    private void Files(ShardMap map)
    {
        ImmutableArray<Shard> shards = map.Shards;
        bool isCut = !all && shards.Length > MostFiles + LastFiles;
        List<IReadOnlyList<string>> rows =
        [
            .. shards.Take(isCut ? MostFiles : shards.Length).Select(FileCells),
            .. isCut
                ? (IReadOnlyList<string>[])
                    [
                        ["...", "", "", $"{shards.Length - MostFiles - LastFiles} more: --all"],
                    ]
                : [],
            .. isCut ? shards.Skip(shards.Length - LastFiles).Select(FileCells) : [],
        ];
        Table(["file", "tensors", "bytes", "size"], rows);

        static IReadOnlyList<string> FileCells(Shard shard) =>
            [
                shard.FileName,
                Count(shard.Header.Tensors.Length),
                shard.FileLength.ToString(CultureInfo.InvariantCulture),
                ByteText.Of(shard.FileLength),
            ];
    }

    private void Table(string[] titles, List<IReadOnlyList<string>> rows)
    {
        foreach ((_, string line) in Columns.Of(titles, rows, _width).Lines())
        {
            _lines.Write(line);
        }
    }

    private static string Types(CheckpointModel model) =>
        string.Join(
            " and ",
            model.Description.Parameters.Select(parameter => parameter.ElementType).Distinct().Select(Spelling.Word)
        );

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tensors(int count) => count == 1 ? "1 tensor" : $"{Count(count)} tensors";

    private static string Number(double? value) =>
        value is { } number
            ? number
                .ToString(
                    Math.Abs(number) < 1e15 && number == Math.Truncate(number) ? "0" : "G5",
                    CultureInfo.InvariantCulture
                )
                .Replace("E", "e", StringComparison.Ordinal)
            : "-";
}
