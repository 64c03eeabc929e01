using System.Text.Json;

namespace FanIn.Checkpoints;

public sealed partial record CheckpointModel
{
    /// <summary>As many tensors as would make a header of about 30 MB.</summary>
    internal const int MostTensors = 200_000;

    /// <summary>As many parameters as no model has; their bytes can still be counted in 64 bits.</summary>
    private const long MostParameters = 1_000_000_000_000_000;

    private const int LongestConfig = 1 << 26;

    private static readonly JsonDocumentOptions s_json = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// The model that a <c>config.json</c> of Hugging Face's transformers describes: names, shapes and layout of its
    /// parameters, which of them are tied, its element type, and its family's own initialization.
    /// </summary>
    /// <param name="json">The file's text.</param>
    /// <param name="elementType">How the weights are stored; where null, as the config's <c>dtype</c> or <c>torch_dtype</c> says, or float32.</param>
    /// <exception cref="ModelConfigException">
    /// It is no valid JSON, its <c>model_type</c> isn't known, a number is out of range, or what it describes is too large.
    /// </exception>
    public static CheckpointModel FromConfig(string json, ElementType? elementType = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = Parse(json, "config");
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new ModelConfigException("a config is a JSON object with fields such as \"model_type\"");
        }
        var config = new ModelConfig(document.RootElement);
        Family family = FamilyOf(config);
        if (config.HasMore("quantization_config"))
        {
            throw new ModelConfigException(
                "quantization_config: a quantized checkpoint has other tensors; plan the model that it was made from, or take the field out"
            );
        }
        ElementType stored = elementType ?? StoredType(config);
        try
        {
            FamilyTable table = family.Describe(config);
            return new(
                family.ModelType,
                table.Architecture,
                Expand(table, stored, family.ModelType),
                table.Recipe,
                table.Fixed
            );
        }
        catch (ArgumentException e)
        {
            // Sizes whose product leaves 64 bits.
            throw new ModelConfigException(
                $"the config's sizes are too large: {e.Message.Split(" (Parameter")[0].ReplaceLineEndings(" ")}",
                e
            );
        }
    }

    /// <summary>
    /// How a config says that weights are stored, whatever its family: <c>dtype</c> or <c>torch_dtype</c>; float32 where it
    /// doesn't.
    /// </summary>
    /// <exception cref="ModelConfigException">It is no valid JSON, or names a type that weights aren't drawn in.</exception>
    public static ElementType ElementTypeOf(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = Parse(json, "config");
        return StoredType(new ModelConfig(document.RootElement));
    }

    internal static JsonDocument Parse(string json, string what)
    {
        if (json.Length > LongestConfig)
        {
            throw new ModelConfigException(
                $"the {what} has {json.Length} characters; at most {LongestConfig} are read"
            );
        }
        try
        {
            return JsonDocument.Parse(json.TrimStart('\uFEFF'), s_json);
        }
        catch (JsonException e)
        {
            string why = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw new ModelConfigException(
                $"{(e.LineNumber is { } line ? $"line {line + 1}: " : "")}the {what} isn't valid JSON: {string.Concat(why.Select(c => char.IsControl(c) ? '?' : c))}",
                e
            );
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ModelConfigException($"the {what} isn't well-formed Unicode", e);
        }
    }

    private static Family FamilyOf(ModelConfig config)
    {
        string type =
            config.Text("model_type")
            ?? throw new ModelConfigException(
                "the config has no \"model_type\", which names its family; --shapes plans a model without one"
            );
        return FamilyCatalogue.ByModelType.TryGetValue(type, out Family? family)
            ? family
            : throw new ModelConfigException(
                $"{Spelling.Unknown("model_type", type, [.. Families])}{(Spelling.Nearest(type, Families) is null ? ";" : "")} other models are planned from their shapes: --shapes FILE --recipe R"
            );
    }

    private static ElementType StoredType(ModelConfig config)
    {
        const string Names = "dtype|torch_dtype";
        string? name = config.Text(Names) ?? config.Part("text_config").Text(Names);
        return name?.Replace("torch.", "", StringComparison.Ordinal) switch
        {
            null or "float32" or "float" => ElementType.Float32,
            "bfloat16" => ElementType.BFloat16,
            "float16" or "half" => ElementType.Float16,
            "float64" or "double" => ElementType.Float64,
            _ => throw config.Fault(
                "dtype",
                $"is {Spelling.Unknown("element type", name!, Spelling.Words<ElementType>())}; --dtype overrides it"
            ),
        };
    }

    private static IEnumerable<StateTensor> Expand(FamilyTable table, ElementType stored, string family)
    {
        Row all = Row.Within("", table.Rows);
        if (all.Count > MostTensors)
        {
            throw new ModelConfigException(
                $"the config makes {all.Count} tensors; at most {MostTensors} are planned, so look at its numbers of layers and experts"
            );
        }
        var state = new List<StateTensor>((int)all.Count);
        all.Expand("", state);
        Int128 parameters = 0;
        foreach (StateTensor tensor in state)
        {
            parameters += tensor.Parameter?.Tensor.Count ?? 0;
        }
        return parameters <= MostParameters
            ? state.Select(tensor => tensor.StoredAs(stored))
            : throw new ModelConfigException(
                $"the config makes a {family} of {parameters} parameters; at most 10^15 are planned"
            );
    }
}
