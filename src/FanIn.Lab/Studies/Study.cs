using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// Trains the same network from several initializations and seeds on the same data in the same order, so that only the
/// first weights differ.
/// </summary>
/// <example><code>
/// StudyResult result = Study.Run(() => new MyNet(), DataSets.Load("digits"),
///     [Initializer.Zeros, Initializer.HeNormal(), Initializer.Lsuv()], seeds: 3);
/// </code></example>
public sealed class Study
{
    private readonly Func<nn.Module<Tensor, Tensor>> _network;
    private readonly StudyData _data;
    private readonly ImmutableArray<Contender> _contenders;
    private readonly StudySettings _settings;
    private readonly int _seeds;
    private readonly string _networkName;

    /// <summary>A study of a user's own network, data and initializers.</summary>
    /// <param name="network">Makes a new network; called once a trial, on several threads.</param>
    /// <param name="data">The batches.</param>
    /// <param name="initializers">
    /// At least one; each spelling once. Results are stored under the spelling: a custom initializer whose rule changed
    /// needs a changed name, or a new folder.
    /// </param>
    /// <param name="seeds">Trials of each, 1 or more; three are the least that comparisons make sense with.</param>
    /// <param name="settings">How trials are trained.</param>
    /// <param name="networkName">
    /// What the study calls the network. It is part of the key under which results are stored: a changed network needs
    /// a changed name, or a new folder.
    /// </param>
    public Study(
        Func<nn.Module<Tensor, Tensor>> network,
        StudyData data,
        IEnumerable<Initializer> initializers,
        int seeds,
        StudySettings? settings = null,
        string networkName = "own network"
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(initializers);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        _network = network;
        _data = data;
        _contenders = [.. initializers.Select(Contender.Of)];
        _seeds = seeds;
        _settings = settings ?? new StudySettings();
        _networkName = networkName;
        ArgumentOutOfRangeException.ThrowIfLessThan(_settings.Steps, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(_settings.BatchSize, 1, nameof(settings));
        if (
            _contenders.IsEmpty
            || _contenders.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() != _contenders.Length
        )
        {
            throw new ArgumentException(
                "A study needs at least one initializer, and each only once.",
                nameof(initializers)
            );
        }
        if (
            _settings.LearningRates.Count == 0
            || _settings.LearningRates.Distinct().Count() != _settings.LearningRates.Count
            || _settings.LearningRates.Any(rate => !(rate > 0 && rate <= float.MaxValue))
        )
        {
            throw new ArgumentException(
                "A study needs at least one learning rate, each above 0, finite and only once.",
                nameof(settings)
            );
        }
    }

    /// <summary>How many trials the study has.</summary>
    public int TrialCount => _contenders.Length * _seeds * _settings.LearningRates.Count;

    /// <summary>Runs a study of a user's own network on a data set and returns its result; see <see cref="Run(StudyRun)"/> for more.</summary>
    public static StudyResult Run(
        Func<nn.Module<Tensor, Tensor>> network,
        DataSet data,
        IEnumerable<Initializer> initializers,
        int seeds,
        StudySettings? settings = null
    ) => new Study(network, StudyData.Of(data), initializers, seeds, settings).Run(new StudyRun());

    /// <summary>
    /// Runs the trials that the store doesn't have, in parallel over the cores with torch's own threads held to one each.
    /// The result is the same whatever the number of cores, and whatever was stored before; unless the network draws
    /// random numbers itself while it trains, as dropout does: those are libtorch's, from a generator that all trials share.
    /// </summary>
    /// <exception cref="OperationCanceledException">Canceled; what was done is in the store.</exception>
    /// <exception cref="StoreException">A result can't be stored.</exception>
    public StudyResult Run(StudyRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        NativeLoader.EnsureLoaded();
        var units = new List<Unit>();
        foreach (Contender contender in _contenders)
        {
            foreach (double rate in _settings.LearningRates)
            {
                units.AddRange(Enumerable.Range(0, _seeds).Select(trial => new Unit(contender, rate, trial)));
            }
        }
        var results = new TrialResult[units.Count];
        var missing = new List<int>();
        for (int i = 0; i < units.Count; i++)
        {
            if (run.Store?.Find(Key(units[i])) is { } stored)
            {
                results[i] = stored;
                run.Progress?.Invoke(
                    new(
                        units.Count,
                        i,
                        units[i].Contender.Name,
                        units[i].Trial,
                        _settings.Steps,
                        _settings.Steps,
                        stored.FinalLoss,
                        stored,
                        FromStore: true
                    )
                );
            }
            else
            {
                missing.Add(i);
            }
        }
        // Trial by trial over all initializers, so that a first seed of each is seen early.
        missing.Sort((a, b) => (units[a].Trial, a).CompareTo((units[b].Trial, b)));
        RunAll(units, missing, results, run);
        return StudyResult.Of(Describe(), results);
    }

    private sealed record Unit(Contender Contender, double LearningRate, int Trial);

    private void RunAll(List<Unit> units, List<int> missing, TrialResult[] results, StudyRun run)
    {
        var trainer = new Trainer(_network, _data, _settings, run.Time);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = run.Parallelism ?? Environment.ProcessorCount,
            CancellationToken = run.Cancellation,
        };
        try
        {
            // One trial after the other to whoever is free: trials differ in length.
            Parallel.ForEach(
                Partitioner.Create(missing, EnumerablePartitionerOptions.NoBuffering),
                options,
                // The number is kept by each thread for itself, and the threads are the application's.
                () =>
                {
                    int before = get_num_threads();
                    set_num_threads(1);
                    return before;
                },
                (i, _, before) =>
                {
                    Unit unit = units[i];
                    void Report(int step, double loss, TrialResult? done = null) =>
                        run.Progress?.Invoke(
                            new(
                                units.Count,
                                i,
                                unit.Contender.Name,
                                unit.Trial,
                                step,
                                _settings.Steps,
                                loss,
                                done,
                                FromStore: false
                            )
                        );
                    TrialResult result = trainer.Run(
                        unit.Contender,
                        unit.Trial,
                        unit.LearningRate,
                        (step, loss) => Report(step, loss),
                        run.Cancellation
                    );
                    run.Store?.Put(Key(unit), result);
                    results[i] = result;
                    Report(result.Curve.Length, result.FinalLoss, result);
                    return before;
                },
                set_num_threads
            );
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            Exception first =
                e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException)
                ?? e.InnerExceptions[0];
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }

    private string Key(Unit unit) =>
        TrialStore.Key(
            _data.Name,
            _data.Fingerprint,
            _networkName,
            unit.Contender.Name,
            unit.Contender.Output?.ToString() ?? "",
            unit.Trial.ToString(CultureInfo.InvariantCulture),
            unit.LearningRate.ToString("R", CultureInfo.InvariantCulture),
            $"{_settings.WeightSeed}/{_settings.OrderSeed}",
            $"{_settings.Steps}/{_settings.BatchSize}/{_settings.Optimizer}",
            Target.ToString("R", CultureInfo.InvariantCulture),
            _data.ChanceLoss.ToString("R", CultureInfo.InvariantCulture)
        );

    private double Target => _settings.TargetLoss ?? (_data.ChanceLoss / 2);

    private StudyDescription Describe() =>
        new(
            _data.Name,
            _networkName,
            [.. _contenders.Select(c => c.Name)],
            _seeds,
            _settings,
            _data.ChanceLoss,
            Target
        );
}
