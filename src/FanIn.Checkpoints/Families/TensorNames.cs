using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// What a tensor is to its layer where only its name and shape are known: told by what the modules of PyTorch and transformers
/// are called. What no name tells is <see cref="ParameterRole.Other"/>: a recipe must name it, or the list of shapes say its
/// role.
/// <list type="bullet">
/// <item>of one dimension: in a module with norm in its name, or called ln_.. or bn.., the scale or shift; otherwise a bias
/// where it is called so;</item>
/// <item>of two, in a module with a word such as emb or embedding in its name, or called wte, wpe or shared: a table of
/// vectors;</item>
/// <item>of two or more, with weight in its name: a weight [out, in / groups, taps ...];</item>
/// <item>GPT-2's c_attn, c_proj and c_fc are stored as [in, out] where c_attn is three times as wide as high;</item>
/// <item>c_attn, qkv, qkv_proj, Wqkv and in_proj_weight with three outputs an input are queries, keys and values packed.</item>
/// </list>
/// </summary>
internal sealed class TensorNames
{
    private static readonly ImmutableArray<string> s_conv1D = ["c_attn", "c_proj", "c_fc", "q_attn"];
    private static readonly ImmutableArray<string> s_packed = ["c_attn", "qkv", "qkv_proj", "Wqkv"];
    private static readonly ImmutableArray<string> s_blocks = ["q", "k", "v"];

    private static readonly ImmutableArray<string> s_tables =
    [
        "emb",
        "embs",
        "embd",
        "embed",
        "embeds",
        "embedding",
        "embeddings",
    ];

    private static readonly ImmutableArray<string> s_dense =
    [
        "proj",
        "projection",
        "projector",
        "linear",
        "dense",
        "mapping",
        "out",
    ];

    private readonly bool _hasConv1D;
    private readonly HashSet<string> _packed;

    /// <param name="tensors">All tensors of the model.</param>
    public TensorNames(IReadOnlyCollection<(string Name, ImmutableArray<long> Shape)> tensors)
    {
        _hasConv1D = tensors.Any(tensor =>
            Parts(tensor.Name).Module == "c_attn"
            && tensor.Shape is [var inputs, var outputs]
            && IsThrice(outputs, inputs)
        );
        _packed =
        [
            .. tensors
                .Where(tensor =>
                    IsCalledPacked(tensor.Name)
                    && tensor.Shape is [var rows, var columns]
                    && (IsConv1D(tensor.Name) ? IsThrice(columns, rows) : IsThrice(rows, columns))
                )
                .Select(tensor => LayerOf(tensor.Name)),
        ];
    }

    /// <exception cref="ArgumentException">The sizes make more than 2^63 elements.</exception>
    public ParameterDescription Describe(string name, ImmutableArray<long> shape)
    {
        (string module, string last) = Parts(name);
        string lower = module.ToLowerInvariant();
        bool isBias = last.Contains("bias", StringComparison.OrdinalIgnoreCase) || last == "beta";
        bool isWeight = last.Contains("weight", StringComparison.OrdinalIgnoreCase) || last is "gamma" or "kernel";
        bool isPacked = IsCalledPacked(name) && _packed.Contains(LayerOf(name));
        if (shape.Length == 1)
        {
            bool isNorm =
                lower.Contains("norm", StringComparison.Ordinal)
                || lower.StartsWith("ln", StringComparison.Ordinal)
                || lower.StartsWith("bn", StringComparison.Ordinal);
            return isNorm && isBias ? Plain(ParameterRole.NormShift)
                : isNorm && (isWeight || last == "scale") ? Plain(ParameterRole.NormScale)
                : isBias && isPacked && shape[0] % 3 == 0
                    ? ParameterDescription.Packed(
                        name,
                        s_blocks,
                        TensorDescription.Plain(shape[0] / 3),
                        ParameterRole.Bias
                    )
                : Plain(isBias ? ParameterRole.Bias : ParameterRole.Other);
        }
        if (shape.Length < 2 || !isWeight)
        {
            return Plain(ParameterRole.Other);
        }
        bool isTable =
            shape.Length == 2
            && !lower.Contains("patch", StringComparison.Ordinal)
            && (lower is "wte" or "wpe" or "shared" or "relative_attention_bias" || IsTable([.. Words(module)]));
        if (isTable)
        {
            return new(name, TensorDescription.Embedding(shape[0], shape[1]), ParameterRole.Embedding);
        }
        WeightLayout layout = shape.Length == 2 && IsConv1D(name) ? WeightLayout.Keras : WeightLayout.Torch;
        return isPacked && shape.Length == 2
            ? ParameterDescription.Packed(
                name,
                s_blocks,
                TensorDescription.Dense(Math.Min(shape[0], shape[1]), Math.Min(shape[0], shape[1]), layout),
                ParameterRole.Weight,
                layout == WeightLayout.Keras ? 1 : 0
            )
            : new(name, TensorDescription.FromShape(shape.AsSpan(), layout), ParameterRole.Weight);

        ParameterDescription Plain(ParameterRole role) => new(name, TensorDescription.Plain(shape.AsSpan()), role);
    }

    /// <summary>An embedder, and what comes after an embedding, multiplies: it looks nothing up.</summary>
    private static bool IsTable(ImmutableArray<string> words) =>
        words.Any(word => s_tables.Contains(word)) && !words.Any(word => s_dense.Contains(word));

    /// <summary>Lower-case, of <c>tok_emb1</c> and <c>tokenEmbedding</c> alike; digits are no part of a word.</summary>
    private static IEnumerable<string> Words(string name)
    {
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            bool isEnd = i == name.Length || !char.IsLetter(name[i]);
            bool isCapital = i > start && !isEnd && char.IsUpper(name[i]) && char.IsLower(name[i - 1]);
            if ((isEnd || isCapital) && i > start)
            {
                yield return name[start..i].ToLowerInvariant();
            }
            start =
                isEnd ? i + 1
                : isCapital ? i
                : start;
        }
    }

    private static bool IsThrice(long large, long small) => small > 0 && (Int128)small * 3 == large;

    private static bool IsCalledPacked(string name)
    {
        (string module, string last) = Parts(name);
        return s_packed.Contains(module) || last is "in_proj_weight" or "in_proj_bias";
    }

    private bool IsConv1D(string name) => _hasConv1D && s_conv1D.Contains(Parts(name).Module);

    private static string LayerOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    /// <summary>The last two parts of a path.</summary>
    private static (string Module, string Last) Parts(string name)
    {
        string[] parts = name.Split('.');
        return (parts.Length > 1 ? parts[^2] : "", parts[^1]);
    }
}
