using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Holds a checkpoint against the initialization of its model's family, tensor by tensor, and finds what goes wrong in
/// practice: depth scaling that was left out, parameters that were never initialized, layers drawn with one seed, parts of a
/// tensor with other statistics where shards meet, a padding row that isn't 0; in a trained checkpoint, tensors that still have
/// their first values. Each tensor is read once, piece by piece.
/// </summary>
/// <example><code>
/// using var checkpoint = Checkpoint.Open("llama/");
/// CheckpointReport report = CheckpointCheck.Run(checkpoint, CheckpointModel.FromConfig(File.ReadAllText("config.json")));
/// foreach (SignalFinding finding in report.Findings) { ... }
/// </code></example>
public static class CheckpointCheck
{
    /// <summary>Checks a checkpoint.</summary>
    /// <param name="checkpoint">Is read from its beginning to its end.</param>
    /// <param name="model">
    /// What it should hold; null where no config is known: then no rule is there to hold weights against, and only what is
    /// wrong under any rule is found.
    /// </param>
    /// <param name="options">A recipe in place of the family's own, what the weights are taken for, threads.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="ModelConfigException">There is a model of shapes alone, and no recipe.</exception>
    /// <exception cref="SafetensorsException">A file was cut off or can't be read any longer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CheckpointReport Run(
        Checkpoint checkpoint,
        CheckpointModel? model,
        CheckpointCheckOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        SafetensorsTensor[] tensors = [.. checkpoint.Tensors];
        var match = model is null ? null : new ModelMatch(model, tensors);
        var rows = model?.PlanBy(options.Recipe).Rows.ToDictionary(row => row.Parameter.Name, StringComparer.Ordinal);
        foreach (ParameterDescription tied in model?.Description.Parameters ?? [])
        {
            foreach (string alias in tied.Aliases)
            {
                rows!.TryAdd(alias, rows[tied.Name]);
            }
        }
        var buffers = model?.Buffers.ToDictionary(buffer => buffer.Name, StringComparer.Ordinal);
        var progress = new Progress(tensors.Sum(tensor => tensor.ByteCount), options.Progress);
        var checks = new TensorCheck[tensors.Length];
        try
        {
            // Large ones first, lest the last one leaves the others without work.
            Parallel.ForEach(
                Enumerable.Range(0, tensors.Length).OrderByDescending(i => tensors[i].ByteCount),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
                    CancellationToken = cancellation,
                },
                i => checks[i] = Check(tensors[i])
            );
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        SignalExpectation expectation = options.Expectation ?? Guess(checks);
        return new(
            [.. checks],
            [
                .. CheckpointFindings
                    .Of(
                        checks,
                        model,
                        checkpoint.FilesBeside,
                        new(() => DepthScaled(model!, options.Recipe)),
                        expectation
                    )
                    .Select((finding, place) => (finding, place))
                    .OrderByDescending(f => f.finding.Severity)
                    .ThenBy(f => f.finding.Kind)
                    .ThenBy(f => f.place)
                    .Select(f => f.finding),
            ],
            expectation
        );

        TensorCheck Check(SafetensorsTensor tensor)
        {
            SafetensorsFile file = checkpoint.FileOf(tensor.Name);
            string fileName = Path.GetFileName(file.Path);
            string? name = match?.NameOf(tensor);
            PlanRow? row = name is null ? null : rows!.GetValueOrDefault(name);
            CheckpointBuffer? buffer = name is null ? null : buffers!.GetValueOrDefault(name);
            if (row is not null && !row.Parameter.Tensor.Shape.SequenceEqual(tensor.Shape))
            {
                row = null;
            }
            ExpectedValues? expected =
                row is not null ? ExpectedValues.Of(row)
                : buffer is not null ? new(buffer.Value, 0, double.NaN, false, true)
                : null;
            var check = new TensorCheck(tensor.Name, fileName, tensor, TensorState.Unchecked)
            {
                Parameter = name,
                Row = row,
                Expected = expected,
                Initializer = row?.Initializer,
                ExpectedMean = expected?.Mean,
                ExpectedStandardDeviation = expected?.StandardDeviation,
            };
            if (tensor.Count == 0 || !StoredNumbers.CanRead(tensor.Type))
            {
                progress.Add(tensor.ByteCount, fileName);
                return check;
            }
            var profile = TensorProfile.Of(file, tensor, row, bytes => progress.Add(bytes, fileName), cancellation);
            if (profile is { OutOfRange: { } number, All.NonFinite: 0 })
            {
                return check with { OutOfRange = number };
            }
            TensorState state = TensorLaw.StateOf(
                profile,
                expected,
                tensor.Type,
                out ImmutableArray<TensorPiece> pieces
            );
            return check with
            {
                State = state,
                Profile = profile.WithoutGroups(),
                Pieces = pieces,
                Values = TensorStatistics.Of(profile.All),
            };
        }
    }

    /// <summary>Parameters whose deviation depends on the model's depth.</summary>
    private static HashSet<string> DepthScaled(CheckpointModel model, Recipe? recipe)
    {
        const int Other = 1009;
        Recipe own = recipe ?? model.Recipe!;
        return
        [
            .. model
                .PlanBy(own)
                .Rows.Zip(model.PlanBy(own with { Depth = Other }).Rows)
                .Where(pair => pair.First.StandardDeviation != pair.Second.StandardDeviation)
                .Select(pair => pair.First.Parameter.Name),
        ];
    }

    /// <summary>
    /// By what training always moves: biases and scales of normalizations that still have their first value, each tensor a
    /// vote. Where the model has none, or there is no model, by what most values of weights look like.
    /// </summary>
    private static SignalExpectation Guess(TensorCheck[] checks)
    {
        int fresh = 0;
        int moved = 0;
        foreach (TensorCheck check in checks)
        {
            if (check is { Expected.IsConstant: true, Row: not null } && check.State != TensorState.Unchecked)
            {
                bool isFirst = check.State is TensorState.AsPlanned or TensorState.Constant;
                (fresh, moved) = isFirst ? (fresh + 1, moved) : (fresh, moved + 1);
            }
        }
        if (fresh + moved > 0)
        {
            return moved > fresh ? SignalExpectation.Trained : SignalExpectation.Initialization;
        }
        long structured = 0;
        long others = 0;
        foreach (TensorCheck check in checks.Where(check => check.IsDrawn || check.Tensor.Shape.Length > 1))
        {
            (structured, others) = check.State switch
            {
                TensorState.Unchecked => (structured, others),
                TensorState.Structured => (structured + check.Tensor.Count, others),
                _ => (structured, others + check.Tensor.Count),
            };
        }
        return structured > others ? SignalExpectation.Trained : SignalExpectation.Initialization;
    }

    private sealed class Progress(long total, Action<WriteProgress>? tell)
    {
        private readonly Lock _lock = new();
        private long _done;

        public void Add(long bytes, string file)
        {
            lock (_lock)
            {
                _done += bytes;
                tell?.Invoke(new(_done, total, file));
            }
        }
    }
}
