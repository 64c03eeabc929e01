using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace FanIn;

/// <summary>
/// Plans as JSON. A parameter has <c>name, shape, dtype, init, key, fanIn, fanOut, std</c>, and what else fills it again:
/// <c>layout</c>, <c>groups</c>, <c>stride</c>, <c>blocks</c> along <c>blockAxis</c>, <c>paddingRow</c>; what is at its
/// default is left out. <c>tied</c> are its other names.
/// </summary>
internal static class PlanJson
{
    /// <summary>The version of the random streams that the plan's values come from.</summary>
    private const int Stream = 1;
    private const int MaxLength = 1 << 28;

    /// <summary>Buffers, files and sizes are a checkpoint's business, and passed over.</summary>
    private static readonly string[] s_document = ["stream", "parameters", "buffers", "files", "totalSize"];
    private static readonly string[] s_tensor =
    [
        "name",
        "shape",
        "layout",
        "groups",
        "stride",
        "init",
        "key",
        "fanIn",
        "fanOut",
        "std",
    ];
    private static readonly string[] s_parameter =
    [
        .. s_tensor,
        "dtype",
        "role",
        "kind",
        "layer",
        "trainable",
        "paddingRow",
        "blocks",
        "blockAxis",
        "tied",
        "file",
    ];

    public static string Write(Plan plan)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, RecipeJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("stream", Stream);
            writer.WriteStartArray("parameters");
            foreach (PlanRow row in plan.Rows)
            {
                Write(writer, row);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)) + "\n";
    }

    public static Plan Read(string json, ImmutableArray<Initializer> custom)
    {
        JsonSource document = JsonSource.Parse(json, "plan", MaxLength);
        document.CheckObject("the plan", s_document);
        document.Required("stream").Whole(Stream, Stream);
        ImmutableArray<PlanRow> rows = [.. document.Required("parameters").Items().Select(row => ReadRow(row, custom))];
        try
        {
            _ = new ModelDescription(rows.Select(row => row.Parameter));
        }
        catch (ArgumentException e)
        {
            throw document.Fault(Spelling.Sentence(e), e);
        }
        var keys = new Dictionary<string, ParameterDescription>(StringComparer.Ordinal);
        foreach ((int i, PlanRow row) in rows.Index())
        {
            foreach (PlanPart part in row.Parts)
            {
                // A shared parameter may be stored once under each of its names.
                if (
                    !keys.TryAdd(part.Key, row.Parameter)
                    && !row.Parameter.Aliases.Contains(keys[part.Key].Name, StringComparer.Ordinal)
                )
                {
                    throw document
                        .Required("parameters")
                        .Items()[i]
                        .Fault(
                            $"the key '{part.Key}' of '{row.Parameter.Name}' is another parameter's too: both would get the same values"
                        );
                }
            }
        }
        return new(rows);
    }

    private static void Write(Utf8JsonWriter writer, PlanRow row)
    {
        ParameterDescription parameter = row.Parameter;
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        WriteTensor(writer, parameter.Tensor);
        writer.WriteString("dtype", Spelling.Word(parameter.ElementType));
        writer.WriteString("role", Spelling.Word(parameter.Role));
        if (parameter.LayerKind.Length > 0)
        {
            writer.WriteString("kind", parameter.LayerKind);
        }
        if (parameter.Layer is { } layer)
        {
            writer.WriteNumber("layer", layer);
        }
        if (!parameter.IsTrainable)
        {
            writer.WriteBoolean("trainable", false);
        }
        if (parameter.PaddingRow is { } padding)
        {
            writer.WriteNumber("paddingRow", padding);
        }
        if (!parameter.Aliases.IsEmpty)
        {
            writer.WriteStartArray("tied");
            foreach (string alias in parameter.Aliases)
            {
                writer.WriteStringValue(alias);
            }
            writer.WriteEndArray();
        }
        if (parameter.Blocks.IsEmpty)
        {
            WriteValues(writer, row.Parts[0]);
        }
        else
        {
            writer.WriteNumber("blockAxis", parameter.BlockAxis);
            writer.WriteStartArray("blocks");
            foreach ((ParameterBlock block, PlanPart part) in parameter.Blocks.Zip(row.Parts))
            {
                writer.WriteStartObject();
                writer.WriteString("name", block.Name);
                WriteTensor(writer, block.Tensor);
                WriteValues(writer, part);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter writer, TensorDescription tensor)
    {
        WriteNumbers(writer, "shape", tensor.Shape);
        if (tensor.Layout != WeightLayout.None)
        {
            writer.WriteString("layout", Spelling.Word(tensor.Layout));
        }
        if (tensor.Groups != 1)
        {
            writer.WriteNumber("groups", tensor.Groups);
        }
        if (!tensor.Stride.IsEmpty)
        {
            WriteNumbers(writer, "stride", tensor.Stride);
        }
    }

    private static void WriteValues(Utf8JsonWriter writer, PlanPart part)
    {
        writer.WriteString("init", part.Initializer?.ToString());
        writer.WriteString("key", part.Key);
        WriteNumber(writer, "fanIn", part.Tensor.Fan?.In);
        WriteNumber(writer, "fanOut", part.Tensor.Fan?.Out);
        WriteNumber(writer, "std", part.StandardDeviation);
    }

    /// <summary>A list of numbers on one line: a shape reads better so, and a model has thousands.</summary>
    private static void WriteNumbers(Utf8JsonWriter writer, string name, ImmutableArray<long> numbers)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue($"[{string.Join(", ", numbers)}]");
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static PlanRow ReadRow(JsonSource source, ImmutableArray<Initializer> custom)
    {
        source.CheckObject("a parameter", s_parameter);
        TensorDescription tensor = ReadTensor(source);
        ParameterDescription parameter = new(
            source.Required("name").Text(),
            tensor,
            Word<ParameterRole>(source.Required("role"), "role")
        )
        {
            ElementType = Word<ElementType>(source.Required("dtype"), "element type"),
            LayerKind = source.Property("kind")?.Text() ?? "",
            Layer = (int?)source.Property("layer")?.Whole(0, int.MaxValue),
            IsTrainable = source.Property("trainable")?.Flag() ?? true,
            PaddingRow = source.Property("paddingRow")?.Whole(0, long.MaxValue),
            Aliases = [.. source.Property("tied")?.Items().Select(alias => alias.Text()) ?? []],
        };
        if (source.Property("blocks") is not { } blocks)
        {
            return new(parameter, [ReadValues(source, tensor, custom)]);
        }
        foreach (JsonSource block in blocks.Items())
        {
            block.CheckObject("a block", s_tensor);
        }
        ImmutableArray<(ParameterBlock Block, PlanPart Part)> parts =
        [
            .. blocks
                .Items()
                .Select(block =>
                {
                    TensorDescription own = ReadTensor(block);
                    return (new ParameterBlock(block.Required("name").Text(), own), ReadValues(block, own, custom));
                }),
        ];
        if (parts.IsEmpty)
        {
            throw blocks.Fault($"'{blocks.Path}' has no blocks");
        }
        return new(
            parameter with
            {
                Blocks = [.. parts.Select(p => p.Block)],
                BlockAxis = (int)source.Required("blockAxis").Whole(0, 64),
            },
            [.. parts.Select(p => p.Part)]
        );
    }

    private static TensorDescription ReadTensor(JsonSource source)
    {
        long[] shape = Numbers(source.Required("shape"));
        WeightLayout layout = source.Property("layout") is { } word
            ? Word<WeightLayout>(word, "layout")
            : WeightLayout.None;
        long groups = source.Property("groups")?.Whole(0, long.MaxValue) ?? 1;
        long[] stride = source.Property("stride") is { } strides ? Numbers(strides) : [];
        try
        {
            return TensorDescription.FromShape(shape, layout, groups, stride);
        }
        catch (ArgumentException e)
        {
            throw source.Fault($"'{source.Path}': {Spelling.Sentence(e)}", e);
        }

        static long[] Numbers(JsonSource list) => [.. list.Items().Select(item => item.Whole(0, long.MaxValue))];
    }

    private static PlanPart ReadValues(JsonSource source, TensorDescription tensor, ImmutableArray<Initializer> custom)
    {
        JsonSource init = source.Required("init");
        Initializer? initializer = null;
        if (init.Kind != JsonTokenType.Null)
        {
            try
            {
                initializer = custom.FirstOrDefault(own => own.Name == init.Text()) ?? Initializer.Parse(init.Text());
            }
            catch (SpellingException e) when (!e.Message.StartsWith("line ", StringComparison.Ordinal))
            {
                throw init.Fault($"'{init.Path}': {e.Message}", e);
            }
        }
        if (initializer is { NeedsFan: true } && tensor.Fan is null)
        {
            throw init.Fault($"'{init.Path}': {initializer} needs a fan, but {tensor} has none; say its layout");
        }
        PlanPart part = new(source.Required("key").Text(), tensor, initializer);
        CheckSame(source, "fanIn", tensor.Fan?.In);
        CheckSame(source, "fanOut", tensor.Fan?.Out);
        try
        {
            CheckSame(source, "std", part.StandardDeviation);
        }
        catch (ArgumentException e)
        {
            throw init.Fault($"'{init.Path}': {Spelling.Sentence(e)}", e);
        }
        return part;
    }

    /// <summary>What follows from the rest isn't read but compared: it shows where a plan was changed in one place alone.</summary>
    private static void CheckSame(JsonSource source, string name, double? expected)
    {
        if (source.Property(name) is not { } given)
        {
            return;
        }
        double? value = given.NumberOrNull();
        double? finite = expected is { } number && double.IsFinite(number) ? number : null;
        if (value is null != finite is null || Math.Abs(value - finite ?? 0) > 1e-9 * Math.Abs(finite ?? 0))
        {
            throw given.Fault(
                $"'{given.Path}' is {Shown(value)}, but shape and initializer make it {Shown(finite)}: the plan was changed, or made by another version"
            );
        }

        static string Shown(double? number) => number is { } n ? NumberExpression.Print(n) : "null";
    }

    private static TEnum Word<TEnum>(JsonSource source, string what)
        where TEnum : struct, Enum
    {
        string text = source.Text();
        try
        {
            return Spelling.Read<TEnum>(what, text);
        }
        catch (SpellingException e)
        {
            throw source.Fault($"'{source.Path}': {e.Message}", e);
        }
    }
}
