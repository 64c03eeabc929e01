using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>What is wrong with a checkpoint's tensors, each by itself and together.</summary>
internal sealed class CheckpointFindings
{
    /// <summary>No values of a rule, fresh or trained, are as large beside its deviation.</summary>
    private const double Debris = 1e6;

    /// <summary>From here on a tensor of a trained model that fits its rule isn't an accident.</summary>
    private const long Telling = 50_000;
    private const long LeastForFreshness = 1000;
    private const double FreshErrors = 4;

    /// <summary>Buffers that older versions of transformers stored; nothing is lost with them.</summary>
    private static readonly string[] s_oldBuffers =
    [
        ".attn.bias",
        ".attn.masked_bias",
        ".position_ids",
        ".rotary_emb.inv_freq",
    ];

    private readonly TensorCheck[] _tensors;
    private readonly CheckpointModel? _model;
    private readonly ModelMatch? _match;
    private readonly double[] _siblings;

    private CheckpointFindings(TensorCheck[] tensors, CheckpointModel? model, ModelMatch? match)
    {
        (_tensors, _model, _match) = (tensors, model, match);
        _siblings =
        [
            .. tensors
                .Where(tensor => tensor.Row?.Parameter.Role == ParameterRole.Weight && tensor.IsDrawn)
                .Select(tensor => tensor.ExpectedStandardDeviation!.Value)
                .Distinct(),
        ];
    }

    public static IEnumerable<SignalFinding> Of(
        TensorCheck[] tensors,
        CheckpointModel? model,
        ModelMatch? match,
        SignalExpectation expectation
    )
    {
        var findings = new CheckpointFindings(tensors, model, match);
        return
        [
            .. model is null ? [] : findings.OtherTensors(),
            .. expectation == SignalExpectation.Trained
                ? tensors.Select(findings.OfTrained).OfType<SignalFinding>().Concat(findings.Untrained())
                : tensors.SelectMany(findings.OfFresh),
            .. findings.Shared(),
            .. findings.Untied(),
            .. findings.Unread(),
        ];
    }

    /// <summary>Tensors that the model has and the checkpoint lacks, and those that only the checkpoint has.</summary>
    private IEnumerable<SignalFinding> OtherTensors()
    {
        var found = _tensors.Select(tensor => tensor.Parameter).OfType<string>().ToHashSet(StringComparer.Ordinal);
        bool isAnyMissing = false;
        foreach (SafetensorsTensor tensor in _model!.Tensors)
        {
            string[] names =
            [
                tensor.Name,
                .. _model.Description.Parameters.FirstOrDefault(p => p.Name == tensor.Name)?.Aliases ?? [],
            ];
            if (!names.Any(found.Contains) && tensor.Type != SafetensorsType.I64)
            {
                isAnyMissing = true;
                yield return new(
                    FindingKind.OtherTensors,
                    FindingSeverity.Error,
                    tensor.Name,
                    $"the model has it, with shape {Shape(tensor)}, and the checkpoint doesn't: whoever loads it draws it anew"
                )
                {
                    Fix = "save it under this name, or check that the config belongs to this checkpoint",
                };
            }
        }
        var shapes = _model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (TensorCheck tensor in _tensors)
        {
            if (tensor.Parameter is null)
            {
                bool isOld = s_oldBuffers.Any(end => $".{tensor.Name}".EndsWith(end, StringComparison.Ordinal));
                yield return new(
                    FindingKind.OtherTensors,
                    isOld || !isAnyMissing ? FindingSeverity.Note : FindingSeverity.Warning,
                    tensor.Name,
                    isOld
                        ? "a buffer that older versions stored; it is worked out anew when the model is loaded"
                        : $"the checkpoint has it, with shape {Shape(tensor.Tensor)}, and the config's model doesn't: it is left out when the model is loaded"
                );
            }
            else if (
                shapes.TryGetValue(tensor.Parameter, out SafetensorsTensor? expected)
                && !expected.Shape.SequenceEqual(tensor.Tensor.Shape)
            )
            {
                yield return new(
                    FindingKind.OtherTensors,
                    FindingSeverity.Error,
                    tensor.Name,
                    $"its shape is {Shape(tensor.Tensor)}, and the config's {Shape(expected)}"
                )
                {
                    Fix = "check that the config belongs to this checkpoint",
                };
            }
        }
    }

    private IEnumerable<SignalFinding> OfFresh(TensorCheck tensor)
    {
        if (Always(tensor) is { } finding)
        {
            yield return finding;
            yield break;
        }
        if (tensor.State == TensorState.Unchecked || tensor.Expected is not { } expected)
        {
            yield break;
        }
        RunSums values = tensor.Profile!.All;
        if (IsBroken(tensor.Profile.Padding))
        {
            yield return new SignalFinding(
                FindingKind.PaddingRow,
                FindingSeverity.Warning,
                tensor.Name,
                $"row {tensor.Row!.Parameter.PaddingRow}, that of the padding token, has values up to {Number(Largest(tensor.Profile.Padding!.Value))} (0 expected)"
            )
            {
                Fix = "set this row to 0",
            };
        }
        if (tensor.State == TensorState.AsPlanned)
        {
            yield break;
        }
        if (expected.IsConstant)
        {
            yield return Mended(
                FindingKind.WrongValues,
                FindingSeverity.Error,
                tensor,
                tensor.State == TensorState.Constant
                    ? $"is {Number(values.Least)} everywhere ({Number(expected.Mean)} expected)"
                    : $"has mean {Number(values.Mean)} and deviation {Number(Math.Sqrt(values.Variance))} ({Number(expected.Mean)} everywhere expected)"
            );
        }
        else if (tensor.State == TensorState.Random && expected.IsIndependent)
        {
            yield return OtherLaw(tensor, expected, values);
        }
        else
        {
            double ratio = Math.Sqrt(values.Variance) / expected.StandardDeviation;
            yield return Mended(
                FindingKind.WrongValues,
                IsFar(ratio) ? FindingSeverity.Error : FindingSeverity.Warning,
                tensor,
                tensor.Profile.LargestDifference is { } off
                    ? $"differs from {Law(tensor)} by up to {Number(off)} of its largest value"
                    : $"has mean {Number(values.Mean)}, deviation {Number(Math.Sqrt(values.Variance))} and kurtosis {Number(TensorLaw.KurtosisOf(values))}, and isn't as if drawn one by one ({Law(tensor)} expected)"
            );
        }
    }

    private SignalFinding OtherLaw(TensorCheck tensor, ExpectedValues expected, RunSums values)
    {
        double found = Math.Sqrt(values.Variance);
        double ratio = found / expected.StandardDeviation;
        LikelySlip slip = LikelySlip.Of(tensor, _model!, _siblings);
        string shape =
            TensorLaw.ShapeOf(values, tensor.Tensor.Type) is { } name && values.Finite >= LeastForFreshness
                ? $", {name}"
                : "";
        string times = Math.Abs(ratio - 1) < 0.002 ? "" : $", {Number(ratio)} times the rule's";
        return Mended(
            slip.Kind,
            IsFar(ratio) ? FindingSeverity.Error : FindingSeverity.Warning,
            tensor,
            $"has deviation {Number(found)}{shape}{times}{slip.Text} ({Law(tensor)} expected)"
        );
    }

    private SignalFinding? OfTrained(TensorCheck tensor) => Always(tensor);

    /// <summary>What is wrong in fresh and in trained weights alike.</summary>
    private SignalFinding? Always(TensorCheck tensor)
    {
        switch (tensor.State)
        {
            case TensorState.NonFinite:
                return Mended(
                    FindingKind.NonFinite,
                    FindingSeverity.Error,
                    tensor,
                    $"has {tensor.Values!.NonFinite.ToString("N0", CultureInfo.InvariantCulture)} of {tensor.Values.Count.ToString("N0", CultureInfo.InvariantCulture)} values that are NaN or infinite"
                );
            case not TensorState.Unchecked when Largest(tensor.Profile!.All) > Debris * ScaleOf(tensor):
                return Mended(
                    FindingKind.Uninitialized,
                    FindingSeverity.Error,
                    tensor,
                    $"has values up to {Number(Largest(tensor.Profile!.All))}, as memory that nobody wrote{(tensor.Expected is null ? "" : $" ({Law(tensor)} expected)")}"
                );
            case TensorState.Constant when tensor.IsDrawn:
                return Mended(
                    FindingKind.Uninitialized,
                    FindingSeverity.Error,
                    tensor,
                    $"is {Number(tensor.Profile!.All.Least)} everywhere ({Law(tensor)} expected)"
                );
            case TensorState.Constant
                when _model is null
                    && tensor.Tensor.Shape.Length > 1
                    && tensor.Name.EndsWith("weight", StringComparison.Ordinal):
                return new(
                    FindingKind.ConstantWeights,
                    FindingSeverity.Warning,
                    tensor.Name,
                    $"is {Number(tensor.Profile!.All.Least)} everywhere"
                );
            case TensorState.Uneven:
                bool isBare = tensor.Pieces.Any(piece => piece.Sums.IsConstant);
                return Mended(
                    isBare ? FindingKind.Uninitialized : FindingKind.ShardBoundary,
                    FindingSeverity.Error,
                    tensor,
                    $"{string.Join(", ", tensor.Pieces.Select(Piece))}{(tensor.Expected is null ? "" : $" ({Law(tensor)} expected)")}: {(isBare ? "a part that nobody initialized" : "parts that were initialized each by itself")}"
                );
            default:
                return null;
        }
    }

    /// <summary>Tensors of a trained checkpoint that still have their rule's law.</summary>
    private IEnumerable<SignalFinding> Untrained()
    {
        TensorCheck[] judged =
        [
            .. _tensors.Where(tensor =>
                tensor is { IsDrawn: true, Row.Parameter.IsTrainable: true }
                && tensor.Tensor.Count >= LeastForFreshness
                && tensor.State is not TensorState.Unchecked
            ),
        ];
        TensorCheck[] fresh =
        [
            .. judged.Where(tensor =>
                tensor.State == TensorState.AsPlanned
                && tensor.Expected is { IsIndependent: true } law
                && TensorLaw.Fits(tensor.Profile!.All, law, tensor.Tensor.Type, FreshErrors)
            ),
        ];
        if (fresh.Length > 1 && fresh.Length == judged.Length)
        {
            yield return new(
                FindingKind.Untrained,
                FindingSeverity.Error,
                "",
                $"all {fresh.Length} weights of {LeastForFreshness} values or more still have the law of their initialization, such as {fresh[0].Name} that of {Law(fresh[0])}"
            )
            {
                Fix = "load the trained weights, or train",
            };
            yield break;
        }
        foreach (TensorCheck tensor in fresh)
        {
            yield return new(
                FindingKind.Untrained,
                tensor.Tensor.Count >= Telling ? FindingSeverity.Warning : FindingSeverity.Note,
                tensor.Name,
                $"still has the law of {Law(tensor)}: deviation {Number(tensor.Values!.StandardDeviation)}, kurtosis {Number(tensor.Values.FourthMoment)} (mean, variance and kurtosis within {Number(FreshErrors)} standard errors)"
            )
            {
                Fix = "see that its weights were converted or loaded under this name, and that it was trained",
            };
        }
        int structured = judged.Count(tensor => tensor.State == TensorState.Structured);
        if (structured > 0)
        {
            yield return new(
                FindingKind.NotRandom,
                FindingSeverity.Note,
                "",
                $"{structured} of {judged.Length} weights look trained: no rule of initialization is applied to them"
            );
        }
    }

    private IEnumerable<SignalFinding> Shared()
    {
        foreach (var same in SharedDraws.Among(_tensors.Where(IsOwn)))
        {
            bool areEqual = same.Skip(1).All(other => SharedDraws.AreEqual(same[0], other));
            yield return new(
                FindingKind.IdenticalTensors,
                FindingSeverity.Warning,
                same[1].Name,
                $"{Names(same)} {(areEqual ? "have the same values" : "are made of the same random numbers")}: one seed for several tensors (independent draws expected)"
            )
            {
                Fix = "draw each with a seed or key of its own",
            };
        }
        foreach (TensorCheck tensor in _tensors.Where(tensor => tensor.Profile is { All.IsConstant: false }))
        {
            if (Repeated(tensor.Profile!) is { } parts)
            {
                yield return new(
                    FindingKind.IdenticalTensors,
                    FindingSeverity.Warning,
                    tensor.Name,
                    $"{parts}: shards that were drawn with one seed"
                )
                {
                    Fix = "draw the tensor as a whole, or each shard with a seed of its own",
                };
            }
        }

        // A tied one is equal by design.
        bool IsOwn(TensorCheck tensor) =>
            tensor.State is TensorState.AsPlanned or TensorState.Random or TensorState.Uneven or TensorState.Structured
            && tensor.Profile!.LargestDifference is null
            && (tensor.Row is null || tensor.Parameter == tensor.Row.Parameter.Name);
    }

    /// <summary>Parts of equal size with equal values.</summary>
    private static string? Repeated(TensorProfile profile)
    {
        foreach (
            (bool isRows, var groups) in ((bool, System.Collections.Immutable.ImmutableArray<RunSums>)[])
                [(true, profile.Rows), (false, profile.Columns)]
        )
        {
            long length = isRows ? profile.Grid.Rows : profile.Grid.Columns;
            // The most parts first: of four equal ones two are equal to the two others.
            for (int parts = groups.Length; parts > 1; parts /= 2)
            {
                if (length % parts != 0)
                {
                    continue;
                }
                int size = groups.Length / parts;
                bool isRepeated = Enumerable
                    .Range(size, groups.Length - size)
                    .All(g => groups[g] == groups[g - size] && !groups[g].IsConstant);
                if (isRepeated)
                {
                    return $"its {parts} parts of {length / parts} {(isRows ? "rows" : "columns")} have the same values";
                }
            }
        }
        return null;
    }

    /// <summary>Tied tensors that are stored twice, with other values.</summary>
    private IEnumerable<SignalFinding> Untied()
    {
        var own = _tensors
            .Where(tensor => tensor.Row is not null && tensor.Parameter == tensor.Row.Parameter.Name)
            .ToDictionary(tensor => tensor.Parameter!, StringComparer.Ordinal);
        foreach (TensorCheck tied in _tensors)
        {
            if (
                tied is { Row: { } row, Profile: not null }
                && tied.Parameter != row.Parameter.Name
                && own.TryGetValue(row.Parameter.Name, out TensorCheck? first)
                && first.Profile is not null
            )
            {
                bool areEqual = SharedDraws.AreEqual(first, tied);
                yield return new(
                    FindingKind.OtherTensors,
                    areEqual ? FindingSeverity.Note : FindingSeverity.Warning,
                    tied.Name,
                    areEqual
                        ? $"is stored beside {first.Name}, to which it is tied"
                        : $"is tied to {first.Name} by the config, but has other values: they are lost when the model is loaded"
                );
            }
        }
    }

    private IEnumerable<SignalFinding> Unread()
    {
        TensorCheck[] unread =
        [
            .. _tensors.Where(tensor =>
                tensor is { State: TensorState.Unchecked, Tensor.Count: > 0 }
                && tensor.Tensor.Type is not (SafetensorsType.I64 or SafetensorsType.I32 or SafetensorsType.Bool)
            ),
        ];
        if (unread.Length > 0)
        {
            yield return new(
                FindingKind.UnknownOperator,
                FindingSeverity.Note,
                unread[0].Name,
                $"{(unread.Length == 1 ? "is" : $"and {unread.Length - 1} others are")} of a type that weights aren't drawn in ({unread[0].Tensor.Type.Name()}): not looked into"
            );
        }
    }

    private static SignalFinding Mended(
        FindingKind kind,
        FindingSeverity severity,
        TensorCheck tensor,
        string message
    ) =>
        tensor.Initializer is { } rule
            ? new(kind, severity, tensor.Name, message)
            {
                Fix = $"{rule} for {tensor.Name}",
                FixInitializer = rule,
                FixPattern = tensor.Parameter,
                FixRules = [Rule.For(tensor.Parameter!, rule) with { MayMatchNothing = true, MayBeOverruled = true }],
            }
            : new(kind, severity, tensor.Name, message);

    private static string Piece(TensorPiece piece) =>
        $"{(piece.IsRows ? "rows" : "columns")} {piece.Start}..{piece.End - 1} {(piece.Sums.IsConstant ? $"are {Number(piece.Sums.Least)}" : $"have deviation {Number(Math.Sqrt(piece.Sums.Variance))}")}";

    private static string Law(TensorCheck tensor) =>
        tensor.Initializer?.ToString()
        ?? $"mean {Number(tensor.ExpectedMean ?? 0)} and deviation {Number(tensor.ExpectedStandardDeviation ?? 0)}";

    /// <summary>What a tensor's values are compared with: the deviation or the constant of its rule, or 1.</summary>
    private static double ScaleOf(TensorCheck tensor) =>
        tensor.IsDrawn ? tensor.ExpectedStandardDeviation!.Value : Math.Max(1, Math.Abs(tensor.ExpectedMean ?? 1));

    private static bool IsBroken(RunSums? padding) => padding is { } row && !(row.IsConstant && row.Most == 0);

    private static bool IsFar(double ratio) => ratio is not (> 0.5 and < 2);

    private static double Largest(in RunSums values) =>
        values.Finite == 0 ? double.NaN : Math.Max(Math.Abs(values.Least), Math.Abs(values.Most));

    private static string Names(IReadOnlyCollection<TensorCheck> tensors) =>
        string.Join(", ", tensors.Take(3).Select(tensor => tensor.Name))
        + (tensors.Count > 3 ? $" and {tensors.Count - 3} more" : "");

    private static string Shape(SafetensorsTensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";

    private static string Number(double value)
    {
        string text = value.ToString("G4", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0
            ? text
            : $"{text[..exponent]}e{int.Parse(text.AsSpan(exponent + 1), CultureInfo.InvariantCulture)}";
    }
}
