using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class TrialStoreTests : IDisposable
{
    private static readonly DataSet s_data = SmallData.Of("vectors");
    private readonly TemporaryFolder _folder = new();
    private int _trained;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_again_trains_nothing_and_ends_the_same()
    {
        string first = Json(Run());
        Assert.Equal(4, _trained);

        Assert.Equal(first, Json(Run()));
        Assert.Equal(4, _trained);
    }

    [Fact]
    public void More_seeds_and_more_initializers_only_add()
    {
        _ = Run();
        _ = Run(seeds: 3);
        Assert.Equal(6, _trained);

        StudyResult all = Run([Initializer.Zeros, Initializer.HeNormal(), Initializer.Lsuv()], 3);

        Assert.Equal(9, _trained);
        using var none = new TemporaryFolder();
        Assert.Equal(
            Json(Run([Initializer.Zeros, Initializer.HeNormal(), Initializer.Lsuv()], 3, folder: none.Path)),
            Json(all)
        );
    }

    [Fact]
    public void What_was_done_before_an_interruption_is_kept()
    {
        using var cancel = new CancellationTokenSource();
        using (TrialStore store = TrialStore.Open(_folder.Path))
        {
            Assert.ThrowsAny<OperationCanceledException>(() =>
                Small(Defaults, 2, new())
                    .Run(
                        new()
                        {
                            Store = store,
                            Parallelism = 1,
                            Cancellation = cancel.Token,
                            Progress = p =>
                            {
                                if (p.Done is not null && p.Trial == 1)
                                {
                                    cancel.Cancel();
                                }
                            },
                        }
                    )
            );
        }
        int before = _trained;
        var fromStore = new List<bool>();
        using (TrialStore store = TrialStore.Open(_folder.Path))
        {
            _ = Small(Defaults, 2, new())
                .Run(
                    new()
                    {
                        Store = store,
                        Parallelism = 1,
                        Progress = p => fromStore.AddRange(p.Done is null ? [] : [p.FromStore]),
                    }
                );
        }

        Assert.Equal((3, 4), (before, _trained));
        Assert.Equal([true, true, true, false], fromStore);
    }

    [Fact]
    public void Fresh_forgets()
    {
        _ = Run();
        using (TrialStore store = TrialStore.Open(_folder.Path))
        {
            store.Clear();
        }
        _ = Run();

        Assert.Equal(8, _trained);
    }

    [Theory]
    [InlineData("x'00ff'")]
    [InlineData("x''")]
    [InlineData("'text'")]
    [InlineData("CAST('null' AS BLOB)")]
    [InlineData("CAST('{}' AS BLOB)")]
    [InlineData("CAST('{\"init\":1}' AS BLOB)")]
    [InlineData("CAST('{\"init\":\"a\",\"trial\":0,\"seed\":-1,\"learningRate\":1}' AS BLOB)")]
    [InlineData("substr(result, 1, length(result) / 2)")]
    [InlineData("CAST(replace(CAST(result AS TEXT), '\"curve\":[', '\"curve\":[true,') AS BLOB)")]
    public void A_spoilt_row_is_a_missing_one(string spoilt)
    {
        string first = Json(Run());
        Sql($"UPDATE trials SET result = {spoilt}");

        Assert.Equal(first, Json(Run()));
        Assert.Equal(8, _trained);
    }

    public static TheoryData<string> Changes =>
        [
            "steps",
            "batch",
            "optimizer",
            "weight seed",
            "order seed",
            "rate",
            "target",
            "data",
            "network",
            "initializer",
            "chance",
        ];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_changes_the_result_changes_the_key(string what)
    {
        var settings = new StudySettings { Steps = 2, TargetLoss = 0.5 };
        Initializer[] one = [Initializer.Zeros];
        _ = Run(one, 1, settings);
        Assert.Equal(1, _trained);

        _ = what switch
        {
            "steps" => Run(one, 1, settings with { Steps = 3 }),
            "batch" => Run(one, 1, settings with { BatchSize = 7 }),
            "optimizer" => Run(one, 1, settings with { Optimizer = OptimizerKind.Adam }),
            "weight seed" => Run(one, 1, settings with { WeightSeed = 2 }),
            "order seed" => Run(one, 1, settings with { OrderSeed = 2 }),
            "rate" => Run(one, 1, settings with { LearningRates = [0.0030000000000000005] }),
            "target" => Run(one, 1, settings with { TargetLoss = 0.6 }),
            "data" => Run(one, 1, settings, data: new Renamed(s_data, "other", null)),
            "network" => Run(one, 1, settings, network: "mlp:1x5:relu"),
            "initializer" => Run([Initializer.Constant(1e-9)], 1, settings),
            _ => Run(one, 1, settings, data: new Renamed(s_data, s_data.Fingerprint, 1.5)),
        };

        Assert.Equal(2, _trained);
    }

    [Fact]
    public void What_changes_no_result_changes_no_key()
    {
        var settings = new StudySettings { Steps = 2 };
        _ = Run(Defaults, 2, settings);
        // One rate of several, the default target spelled out, another order of initializers, fewer seeds.
        _ = Run([.. Defaults.Reverse()], 1, settings with { TargetLoss = StudyData.Of(s_data).ChanceLoss / 2 });

        Assert.Equal(4, _trained);
    }

    [Fact]
    public void Numbers_that_are_none_come_back_as_they_were()
    {
        TrialResult trial = Trials.Trial("a", 0, double.NaN, Outcome.Diverged) with
        {
            InitialLoss = double.PositiveInfinity,
            LearningRate = 0.1 + 0.2,
            Curve = [1.0 / 3, double.NegativeInfinity, double.NaN, 5e-324],
            Layers =
            [
                Trials.Layer("x", double.PositiveInfinity, double.NaN) with
                {
                    ActivationShares = [float.Epsilon],
                },
            ],
            WorstLsuvVariance = double.NaN,
            Seed = -1,
            WeightsBefore = new(
                1,
                2,
                [
                    [1f / 3, float.NaN],
                ]
            ),
        };
        using TrialStore store = TrialStore.Open(_folder.Path);

        store.Put("k", trial);
        TrialResult found = store.Find("k")!;

        Assert.Equal(trial.Curve, found.Curve);
        Assert.Equal((trial.InitialLoss, trial.LearningRate), (found.InitialLoss, found.LearningRate));
        Assert.Equal(trial.Seed, found.Seed);
        Assert.Equal(double.PositiveInfinity, found.Layers[0].ActivationRms);
        Assert.Equal(trial.WeightsBefore!.Units[0], found.WeightsBefore!.Units[0]);
        Assert.Equal(Text(trial), Text(found));
    }

    [Fact]
    public void A_file_that_is_no_database_is_left_alone()
    {
        string path = _folder.Write("trials.db", "dear diary");

        var error = Assert.Throws<StoreException>(() => TrialStore.Open(_folder.Path));

        Assert.StartsWith(
            $"The output folder '{_folder.Path}' can't be written to or holds a file that isn't ours ({path}): ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("dear diary", File.ReadAllText(path));
    }

    [Fact]
    public void Another_programs_database_is_left_alone()
    {
        Sql("CREATE TABLE trials (verdict TEXT); CREATE TABLE opened (at TEXT); INSERT INTO opened VALUES ('x')");

        var error = Assert.Throws<StoreException>(() => TrialStore.Open(_folder.Path));

        Assert.EndsWith("it is another program's database.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Sql("SELECT count(*) FROM opened"));
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_told_before_training()
    {
        string path = _folder.Write("out", "a file");

        Assert.Throws<StoreException>(() => TrialStore.Open(path));
        Assert.Throws<StoreException>(() => TrialStore.Open(Path.Combine(path, "deeper")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_before_training()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the kernel's folder takes no file, whoever asks");

        Assert.Throws<StoreException>(() => TrialStore.Open("/proc/fanin"));
        Assert.Throws<StoreException>(() => TrialStore.Open("/proc"));
    }

    [Fact]
    public void A_file_that_breaks_while_open_is_told_as_such()
    {
        using TrialStore store = TrialStore.Open(_folder.Path);
        Sql("DROP TABLE trials");

        Assert.Throws<StoreException>(() => store.Find("k"));
        Assert.Throws<StoreException>(() => store.Put("k", Trials.Trial("a", 0, 1)));
        Assert.Throws<StoreException>(store.Clear);
    }

    [Fact]
    public async Task Several_open_and_write_one_store_at_once()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(
                        () =>
                        {
                            using TrialStore store = TrialStore.Open(_folder.Path);
                            for (int i = 0; i < 20; i++)
                            {
                                store.Put($"{i}", Trials.Trial("a", i, 0.5));
                                Assert.NotNull(store.Find($"{i}"));
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );

        Assert.Equal(20, Sql("SELECT count(*) FROM trials"));
        Assert.Equal(0, Sql("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
    }

    private static readonly Initializer[] Defaults = [Initializer.Zeros, Initializer.HeNormal()];

    private StudyResult Run(
        Initializer[]? initializers = null,
        int seeds = 2,
        StudySettings? settings = null,
        StudyData? data = null,
        string network = "mlp:1x4:relu",
        string? folder = null
    )
    {
        using TrialStore store = TrialStore.Open(folder ?? _folder.Path);
        return Small(initializers ?? Defaults, seeds, settings ?? new() { Steps = 2 }, data, network)
            .Run(new() { Store = store });
    }

    private Study Small(
        Initializer[] initializers,
        int seeds,
        StudySettings settings,
        StudyData? data = null,
        string network = "mlp:1x4:relu"
    )
    {
        nn.Module<Tensor, Tensor> Make()
        {
            Interlocked.Increment(ref _trained);
            return Network.Parse(network).Build(s_data);
        }
        return new(
            Make,
            data ?? StudyData.Of(s_data),
            initializers,
            seeds,
            settings with
            {
                Steps = Math.Min(settings.Steps, 3),
            },
            network
        );
    }

    private static string Json(StudyResult result) => string.Join('\n', result.Trials.Select(Text));

    private static string Text(TrialResult trial) =>
        JsonSerializer.Serialize(trial with { Seconds = 0 }, ResultJson.Default.TrialResult);

    private long Sql(string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_folder.Path, "trials.db")};Pooling=False"
        );
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    }

    private sealed class Renamed(DataSet set, string fingerprint, double? chance) : StudyData
    {
        private readonly StudyData _data = Of(set);

        public override string Name => _data.Name;

        public override string Fingerprint => fingerprint;

        public override double ChanceLoss => chance ?? _data.ChanceLoss;

        public override Batch Train(int step, int batchSize, Seed order) => _data.Train(step, batchSize, order);

        public override Batch Probe(int count) => _data.Probe(count);

        public override IEnumerable<Batch> Test() => _data.Test();
    }
}
