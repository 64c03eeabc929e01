using System.Collections.Immutable;
using System.Globalization;

namespace FanIn;

/// <summary>
/// Which block of a model each parameter belongs to, read from the names.
/// <list type="number">
/// <item>A block is the shortest prefix of names that ends in a number and holds at least two weights: <c>h.3</c>,
/// <c>layers.3</c>, <c>encoder.layer.3</c>, <c>layer1.0</c>. What is numbered inside it (experts, sublayers) counts as
/// part of it. A suffix <c>_l1</c>, as PyTorch's recurrent layers have it, is such a number too.</item>
/// <item>A stage is no block but looked into: an entry of a list called <c>stage</c> or <c>stages</c>, one that holds a
/// list called <c>blocks</c>, and one that is nothing but a list of such blocks itself (<c>features.1.0</c>).</item>
/// <item>Blocks are counted in the order of their numbers, without the gaps. Lists that differ in a number only
/// (<c>layer1</c>, <c>layer2</c>; stages) count on in order: they are one chain. Lists with different parents
/// (<c>encoder.layers</c>, <c>decoder.layers</c>) are chains of their own.</item>
/// <item>Where there are no such blocks, numbered names that hold at least two weights each are (<c>block1</c>,
/// <c>block2</c>).</item>
/// <item>Where there are none either, each layer with a weight is a block of one chain, in the model's order: an MLP or a
/// plain convolutional network.</item>
/// </list>
/// </summary>
internal sealed class ModelBlocks
{
    private readonly Dictionary<string, (Chain Chain, int Layer)> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _blockOf = new(StringComparer.Ordinal);
    private readonly List<Chain> _chains = [];

    /// <summary>A chain of blocks: its path, with # for numbers, and how many it has.</summary>
    internal sealed record Chain(string Path)
    {
        public int Depth { get; set; }
    }

    public ModelBlocks(IReadOnlyList<ParameterDescription> parameters)
    {
        List<(string Name, int Weights, ImmutableArray<Cut> Cuts)> names =
        [
            .. parameters.Select(p =>
            {
                string name = ParameterNames.KeyOf(p.Name);
                return (p.Name, p.Role == ParameterRole.Weight ? Math.Max(1, p.Blocks.Length) : 0, CutsOf(name));
            }),
        ];
        if (!Assign(names, plainNumbers: true) && !Assign(names, plainNumbers: false))
        {
            AssignPlainChain(parameters);
            IsPlainChain = _chains.Count > 0;
        }
    }

    /// <summary>True where each layer is a block.</summary>
    public bool IsPlainChain { get; }

    /// <summary>The chains, deepest first.</summary>
    public IReadOnlyList<Chain> Chains => _chains;

    /// <summary>The chain of the most blocks; null where there are none.</summary>
    public Chain? Deepest => _chains.Count > 0 ? _chains[0] : null;

    /// <summary>The block of a parameter, counted from 0 in its chain; null outside blocks.</summary>
    public int? LayerOf(string name) => _blockOf.TryGetValue(name, out string? block) ? _blocks[block].Layer : null;

    /// <summary>The block's prefix; null outside blocks.</summary>
    public string? BlockOf(string name) => _blockOf.GetValueOrDefault(name);

    /// <summary>
    /// The blocks of the chain that a parameter belongs to; outside blocks, of the chain whose path has most leading parts
    /// with its name in common, of several the deepest. Null where there are no blocks.
    /// </summary>
    public int? DepthOf(string name)
    {
        if (_blockOf.TryGetValue(name, out string? block))
        {
            return _blocks[block].Chain.Depth;
        }
        string[] parts = ParameterNames.KeyOf(name).Split('.');
        return _chains
            .MaxBy(chain => chain.Path.Split('.').Zip(parts).TakeWhile(p => p.First == p.Second).Count())
            ?.Depth;
    }

    /// <summary>A prefix that ends in a number.</summary>
    /// <param name="Prefix">With the number.</param>
    /// <param name="List">What the number counts in; numbers in it are replaced by #.</param>
    /// <param name="ListName">The last part of the list's own path.</param>
    /// <param name="Numbers">All numbers on the way, the sibling lists' too: blocks are sorted by them.</param>
    /// <param name="IsPlain">False where the number is the end of a name: <c>block1</c>.</param>
    private sealed record Cut(string Prefix, string List, string ListName, ImmutableArray<long> Numbers, bool IsPlain);

    private static ImmutableArray<Cut> CutsOf(string name)
    {
        string[] parts = name.Split('.');
        var cuts = ImmutableArray.CreateBuilder<Cut>();
        List<long> numbers = [];
        for (int i = 0; i < parts.Length; i++)
        {
            bool isLast = i == parts.Length - 1;
            (string stem, long? number) = isLast ? LayerSuffix(parts[i]) : Numbered(parts[i]);
            if (number is { } n)
            {
                numbers.Add(n);
                string prefix = string.Join('.', parts[..i].Append(isLast ? $"{stem}{n}" : parts[i]));
                cuts.Add(
                    new(
                        prefix,
                        ListPath(parts[..i], $"{stem}#"),
                        i == 0 ? "" : parts[i - 1],
                        [.. numbers],
                        stem.Length == 0 || isLast
                    )
                );
            }
        }
        return cuts.ToImmutable();
    }

    /// <summary>Numbers on the way are replaced by #, and so is the one that the list's own name ends in.</summary>
    private static string ListPath(string[] before, string entry) =>
        string.Join(
            '.',
            before
                .Select(
                    (part, i) =>
                        Numbered(part) is (var stem, not null) && (stem.Length == 0 || i == before.Length - 1)
                            ? $"{stem}#"
                            : part
                )
                .Append(entry)
        );

    /// <summary>"12" is ("", 12), "layer1" is ("layer", 1); without a number at its end, the part itself.</summary>
    private static (string Stem, long? Number) Numbered(string part)
    {
        string stem = part.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return long.TryParse(part.AsSpan(stem.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? (stem, number)
            : (part, null);
    }

    /// <summary>"weight_ih_l1_reverse" is ("_l", 1): all that a recurrent layer has there belongs together.</summary>
    private static (string Stem, long? Number) LayerSuffix(string part)
    {
        string forward = part.EndsWith("_reverse", StringComparison.Ordinal) ? part[..^"_reverse".Length] : part;
        (string stem, long? number) = Numbered(forward);
        return
            number is not null
            && stem.EndsWith("_l", StringComparison.Ordinal)
            && (
                stem.StartsWith("weight_", StringComparison.Ordinal)
                || stem.StartsWith("bias_", StringComparison.Ordinal)
            )
            ? ("_l", number)
            : (part, null);
    }

    private bool Assign(List<(string Name, int Weights, ImmutableArray<Cut> Cuts)> names, bool plainNumbers)
    {
        var all = names.SelectMany(n => n.Cuts.Select(cut => (n.Name, n.Weights, cut)));
        var weights = all.GroupBy(n => n.cut.Prefix).ToDictionary(g => g.Key, g => g.Sum(n => n.Weights));
        HashSet<string> stages = StagesOf(names, weights);
        var chosen = new Dictionary<string, Cut>(StringComparer.Ordinal);
        foreach ((string name, _, ImmutableArray<Cut> cuts) in names)
        {
            Cut? block = cuts.FirstOrDefault(cut =>
                cut.IsPlain == plainNumbers && weights[cut.Prefix] >= 2 && !stages.Contains(cut.Prefix)
            );
            if (block is not null)
            {
                chosen.TryAdd(block.Prefix, block);
                _blockOf[name] = block.Prefix;
            }
        }
        foreach (var chain in chosen.Values.GroupBy(cut => cut.List))
        {
            // A single numbered name is no list.
            if (!plainNumbers && chain.Count() < 2)
            {
                foreach (
                    string name in _blockOf.Where(b => chosen[b.Value].List == chain.Key).Select(b => b.Key).ToList()
                )
                {
                    _blockOf.Remove(name);
                }
                continue;
            }
            AddChain(chain.Key, [.. chain.Order(Comparer<Cut>.Create(CompareNumbers)).Select(cut => cut.Prefix)]);
        }
        _chains.Sort((a, b) => b.Depth.CompareTo(a.Depth));
        return _chains.Count > 0;
    }

    private static HashSet<string> StagesOf(
        List<(string Name, int Weights, ImmutableArray<Cut> Cuts)> names,
        Dictionary<string, int> weights
    )
    {
        var stages = new HashSet<string>(StringComparer.Ordinal);
        // A prefix that nothing but numbers follow, and what of them holds two weights.
        var listsOnly = new Dictionary<string, (bool OnlyNumbers, bool HasBlocks)>(StringComparer.Ordinal);
        foreach ((_, _, ImmutableArray<Cut> cuts) in names)
        {
            for (int i = 0; i < cuts.Length; i++)
            {
                Cut cut = cuts[i];
                Cut? next = i + 1 < cuts.Length ? cuts[i + 1] : null;
                bool isDirect =
                    next is { IsPlain: true } && (next.List == $"{cut.List}.#" || next.List == $"{cut.List}._l#");
                (bool onlyNumbers, bool hasBlocks) = listsOnly.GetValueOrDefault(cut.Prefix, (true, false));
                listsOnly[cut.Prefix] = (
                    onlyNumbers && isDirect,
                    hasBlocks || (isDirect && weights[next!.Prefix] >= 2)
                );
                if (
                    (cut.ListName is "stage" or "stages")
                    || (next is { IsPlain: true, ListName: "blocks" } && next.List == $"{cut.List}.blocks.#")
                )
                {
                    stages.Add(cut.Prefix);
                }
            }
        }
        stages.UnionWith(listsOnly.Where(l => l.Value is (true, true)).Select(l => l.Key));
        return stages;
    }

    private void AssignPlainChain(IReadOnlyList<ParameterDescription> parameters)
    {
        List<string> layers =
        [
            .. parameters.Where(p => p.Role == ParameterRole.Weight).Select(p => LayerPath(p.Name)).Distinct(),
        ];
        if (layers.Count == 0)
        {
            return;
        }
        AddChain("", layers);
        foreach (ParameterDescription parameter in parameters)
        {
            if (_blocks.ContainsKey(LayerPath(parameter.Name)))
            {
                _blockOf[parameter.Name] = LayerPath(parameter.Name);
            }
        }

        static string LayerPath(string name) => ParameterNames.LayerOf(ParameterNames.KeyOf(name));
    }

    private void AddChain(string path, List<string> blocks)
    {
        var chain = new Chain(path) { Depth = blocks.Count };
        _chains.Add(chain);
        foreach ((int layer, string block) in blocks.Index())
        {
            _blocks[block] = (chain, layer);
        }
    }

    private static int CompareNumbers(Cut a, Cut b)
    {
        foreach ((long x, long y) in a.Numbers.Zip(b.Numbers))
        {
            if (x != y)
            {
                return x.CompareTo(y);
            }
        }
        return a.Numbers.Length.CompareTo(b.Numbers.Length);
    }
}
