namespace FanIn.Tests.Docs;

/// <summary>
/// Each row of docs/coming-from.md: ours can be read, and has the numbers of the formula that is written here a second time,
/// on a dense and a convolution tensor. And what errors say of other frameworks' names is what the page says.
/// </summary>
public sealed class ComingFromTests
{
    private const string Layers = "Layers that nobody initialized";

    /// <summary>The standard deviation of a standard normal cut at two: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1)).</summary>
    private const double Cut = 0.87962566103423978;

    private static readonly TensorDescription s_dense = TensorDescription.Dense(48, 40);
    private static readonly TensorDescription s_convolution = TensorDescription.Convolution(16, 8, [3, 5]);

    /// <summary>Of dense and convolution: fan-in i, fan-out o, outputs.</summary>
    private static readonly (TensorDescription Tensor, double I, double O, double Outputs)[] s_tensors =
    [
        (s_dense, 40, 48, 48),
        (s_convolution, 8 * 15, 16 * 15, 16),
    ];

    /// <summary>
    /// Root mean squares of what is drawn, where that is no scale times a law: n of N elements that aren't 0.
    /// </summary>
    private static readonly Dictionary<string, (TensorDescription Tensor, double Rms)> s_patterns = new()
    {
        ["eye_"] = (s_dense, Math.Sqrt(40.0 / (48 * 40))),
        ["dirac_"] = (s_convolution, Math.Sqrt(8.0 / (16 * 8 * 15))),
        ["Identity"] = (s_dense, Math.Sqrt(40.0 / (48 * 40))),
        // An orthogonal matrix of 16 x 8, whose squares sum up to 8, times 2.
        ["ConvolutionDeltaOrthogonal(gain=4)"] = (s_convolution, 2 * Math.Sqrt(8.0 / (16 * 8 * 15))),
        ["delta_orthogonal()"] = (s_convolution, Math.Sqrt(8.0 / (16 * 8 * 15))),
        // A 4 x 4 kernel is (1/4, 3/4, 3/4, 1/4) in both dimensions.
        ["mx.init.Bilinear()"] = (
            TensorDescription.TransposedConvolution(3, 3, [4, 4], [2, 2]),
            (2 * (1 + 9) / 16.0) / 4
        ),
        ["LSTMBias"] = (TensorDescription.Plain(8), Math.Sqrt(2.0 / 8)),
    };

    public static TheoryData<string> Theirs { get; } =
    [.. ComingFromPage.Rows.Where(row => row.Framework != Layers).Select(row => $"{row.Framework}: {row.Theirs[0]}")];

    public static TheoryData<string> TheirLayers { get; } =
    [.. ComingFromPage.Rows.Where(row => row.Framework == Layers).Select(row => row.Theirs[0])];

    [Fact]
    public void AllTablesAreRead()
    {
        Assert.Equal(
            [
                "PyTorch",
                "timm",
                "Keras and TensorFlow 2",
                "TensorFlow 1",
                "JAX and Flax",
                "Haiku",
                "MXNet",
                "Deeplearning4j",
                "Flux and Lux",
                Layers,
            ],
            ComingFromPage.Rows.Select(row => row.Framework).Distinct()
        );
        Assert.Equal(
            ComingFromPage.Rows.Length,
            ComingFromPage.Rows.DistinctBy(row => (row.Framework, row.Theirs[0])).Count()
        );
        Assert.InRange(ComingFromPage.Rows.Length, 85, 200);
    }

    [Theory]
    [MemberData(nameof(Theirs))]
    public void OursHasTheirNumbers(string row)
    {
        ComingFromRow entry = ComingFromPage.Rows.Single(r => $"{r.Framework}: {r.Theirs[0]}" == row);
        var ours = Initializer.Parse(entry.Ours);
        if (s_patterns.TryGetValue(entry.Theirs[0], out (TensorDescription Tensor, double Rms) pattern))
        {
            Assert.Equal(pattern.Rms, Rms(ours, pattern.Tensor), 1e-6);
            return;
        }
        if (entry.Theirs[0] == "sparse_(w, sparsity=0.9)")
        {
            // Of the 48 weights of each input ceil(0.9 x 48) = 44 are 0.
            Assert.Equal(0.01 * Math.Sqrt(4.0 / 48), ours.StandardDeviation(s_dense)!.Value, 1e-15);
            float[] values = Drawn(ours, s_dense);
            Assert.All(
                Enumerable.Range(0, 40),
                input => Assert.Equal(44, Enumerable.Range(0, 48).Count(o => values[(o * 40) + input] == 0))
            );
            return;
        }
        Assert.All(
            s_tensors,
            t =>
            {
                double std = ours.StandardDeviation(t.Tensor)!.Value;
                Assert.Equal(StandardDeviation(entry, t.I, t.O, t.Outputs), std, 1e-14);
                Assert.Equal(Written(entry, t.Tensor), std, 1e-4 * std);
            }
        );
        if (
            entry.Framework is "Keras and TensorFlow 2" or "JAX and Flax"
            && entry.Ours.EndsWith("_truncated_normal", StringComparison.Ordinal)
        )
        {
            ElementDistribution law = ours.Distribution(s_dense)!;
            Assert.Equal(2 / Cut, law.High / law.StandardDeviation, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(TheirLayers))]
    public void OurRecipeHasTheirLayersNumbers(string layer)
    {
        ComingFromRow row = ComingFromPage.Rows.Single(r => r.Theirs[0] == layer);
        bool isTable = layer.Contains("Embed", StringComparison.Ordinal);
        (TensorDescription Tensor, double I, double O)[] tensors = isTable
            ? [(TensorDescription.Embedding(100, 24), 1, 24)]
            : [.. s_tensors.Select(t => (t.Tensor, t.I, t.O))];
        foreach ((TensorDescription tensor, double i, double o) in tensors)
        {
            ModelDescription model = new([
                new("layer.weight", tensor, isTable ? ParameterRole.Embedding : ParameterRole.Weight),
                // Without which it is no vision transformer.
                .. row.Ours == "vit"
                    ? (ParameterDescription[])[new("patch_embed.proj.weight", s_convolution, ParameterRole.Weight)]
                    : [],
            ]);
            double std = Recipe.Parse(row.Ours).Apply(model).Rows[0].StandardDeviation!.Value;
            double expected = layer switch
            {
                "torch.nn.Linear" => 1 / Math.Sqrt(3 * i),
                "torch.nn.Embedding" => 1,
                "keras.layers.Dense" => Math.Sqrt(2 / (i + o)),
                "keras.layers.Embedding" => 0.05 / Math.Sqrt(3),
                "flax.linen.Dense" => 1 / Math.Sqrt(i),
                "flax.linen.Embed" => 1 / Math.Sqrt(24),
                "timm.models.VisionTransformer" => 0.02,
                _ => throw new InvalidOperationException($"No formula for {layer}."),
            };
            Assert.Equal(expected, std, 1e-14);
            Assert.Equal(Written(row, tensor), std, 1e-4 * std);
        }
    }

    /// <summary>What an error calls another framework's name is what the page has for it, and the page has each.</summary>
    [Fact]
    public void HintsAreThePages()
    {
        ILookup<string, string> page = ComingFromPage
            .Rows.Where(row => row.Framework != Layers)
            .SelectMany(row => row.Theirs.Select(name => (Name: ComingFromRow.Bare(name), row.Ours)))
            .ToLookup(pair => pair.Name, pair => pair.Ours);
        foreach ((string name, string ours) in OtherNames.Ours)
        {
            if (Initializer.TryParse(ours, out Initializer? hint) && hint.IsDataDriven)
            {
                // A matter of spelling alone, Krähenbühl's.
                continue;
            }
            Assert.True(page.Contains(name), $"docs/coming-from.md has no row for '{name}'.");
            Assert.Contains(
                page[name],
                text =>
                    hint is null
                        ? text.StartsWith(ours, StringComparison.Ordinal)
                        : Initializer.Parse(text).Equals(hint)
            );
        }
        foreach (IGrouping<string, string> rows in page.Where(rows => !Initializer.Names.Contains(rows.Key)))
        {
            if (OtherNames.CalledHere(rows.Key) is { } called)
            {
                Assert.True(
                    rows.Any(ours => called.Contains($"'{ours.Split('(')[0]}", StringComparison.Ordinal)),
                    $"The error calls '{rows.Key}' {called}; docs/coming-from.md has {string.Join(", ", rows)}."
                );
            }
        }
    }

    /// <summary>The standard deviation of fan-in i and fan-out o, by framework and name, from the frameworks' documentation.</summary>
    private static double StandardDeviation(ComingFromRow row, double i, double o, double outputs)
    {
        double root3 = Math.Sqrt(3);
        return (row.Framework, row.Theirs[0]) switch
        {
            (_, "zeros_" or "ones_" or "Zeros" or "Ones" or "constant_(w, 0.1)" or "Constant(0.1)") => 0,
            (_, "uniform_") => 1 / Math.Sqrt(12),
            (_, "normal_" or "hk.initializers.RandomNormal()") => 1,
            (
                _,
                "xavier_uniform_"
                    or "GlorotUniform"
                    or "glorot_uniform()"
                    or "XAVIER_UNIFORM"
                    or "Flux.glorot_uniform"
            ) => Math.Sqrt(6 / (i + o)) / root3,
            (_, "xavier_normal_" or "GlorotNormal" or "glorot_normal()" or "XAVIER" or "Flux.glorot_normal") =>
                Math.Sqrt(2 / (i + o)),
            (_, "xavier_uniform_(w, gain=5/3)") => 5.0 / 3 * Math.Sqrt(6 / (i + o)) / root3,
            (_, "kaiming_uniform_" or "HeUniform" or "he_uniform()" or "RELU_UNIFORM" or "Flux.kaiming_uniform") =>
                Math.Sqrt(6 / i) / root3,
            (_, "kaiming_normal_" or "HeNormal" or "he_normal()" or "RELU" or "Flux.kaiming_normal") => Math.Sqrt(
                2 / i
            ),
            (_, "kaiming_normal_(w, mode=\"fan_out\")") => Math.Sqrt(2 / o),
            // torch: gain = sqrt(2 / (1 + a^2)), bound = sqrt(3) gain / sqrt(fan).
            (_, "kaiming_uniform_(w, a=math.sqrt(5))") => Math.Sqrt(2.0 / (1 + 5)) / Math.Sqrt(i),
            (_, "kaiming_normal_(w, a=0.2)") => Math.Sqrt(2.0 / (1 + 0.04)) / Math.Sqrt(i),
            (_, "kaiming_normal_(w, nonlinearity=\"tanh\")") => 5.0 / 3 / Math.Sqrt(i),
            (_, "kaiming_normal_(w, nonlinearity=\"linear\")") => Math.Sqrt(1 / i),
            (_, "kaiming_normal_(w, nonlinearity=\"selu\")") => 3.0 / 4 / Math.Sqrt(i),
            (
                _,
                "trunc_normal_"
                    or "trunc_normal_tf_"
                    or "hk.initializers.TruncatedNormal()"
                    or "Flux.truncated_normal"
            ) => Cut,
            (_, "trunc_normal_(w, std=0.02)" or "trunc_normal_(w, std=.02)") => 0.02,
            (_, "trunc_normal_tf_(w, std=.02)") => 0.02 * Cut,
            (_, "orthogonal_" or "Orthogonal" or "orthogonal()") => Math.Sqrt(1 / Math.Max(i, outputs)),
            (_, "orthogonal_(w, gain=math.sqrt(2))") => Math.Sqrt(2 / Math.Max(i, outputs)),
            (
                "timm",
                "variance_scaling_"
                    or "variance_scaling_(w, distribution=\"truncated_normal\")"
                    or "lecun_normal_"
            ) => Math.Sqrt(1 / i),
            (_, "LecunUniform" or "lecun_uniform()" or "UniformScaling" or "uniform_unit_scaling_initializer") =>
                Math.Sqrt(3 / i) / root3,
            (_, "LecunNormal" or "lecun_normal()" or "XAVIER_FAN_IN" or "Flux.lecun_normal") => Math.Sqrt(1 / i),
            ("Keras and TensorFlow 2", "VarianceScaling" or "VarianceScaling(distribution=\"untruncated_normal\")") =>
                Math.Sqrt(1 / i),
            (_, "VarianceScaling(scale=2, mode=\"fan_avg\", distribution=\"uniform\")") => Math.Sqrt(2 / ((i + o) / 2)),
            (_, "RandomNormal") => 0.05,
            (_, "RandomUniform") => 0.05 / root3,
            (_, "TruncatedNormal") => 0.05 * Cut,
            (_, "truncated_normal_initializer(stddev=0.1)") => 0.1 * Cut,
            (_, "variance_scaling_initializer" or "hk.initializers.TruncatedNormal(1/np.sqrt(fan_in))") => Cut
                * Math.Sqrt(1 / i),
            ("JAX and Flax", "normal()") => 0.01,
            ("JAX and Flax", "uniform()") => 0.01 / Math.Sqrt(12),
            ("JAX and Flax", "truncated_normal()") => 0.01 * Cut,
            (_, "variance_scaling(2.0, \"fan_in\", \"truncated_normal\")") => Math.Sqrt(2 / i),
            (_, "variance_scaling(1.0, \"fan_geo_avg\", \"normal\")") => Math.Pow(i * o, -0.25),
            (_, "hk.initializers.VarianceScaling()") => Math.Sqrt(1 / i),
            ("MXNet", "mx.init.Uniform()") => 0.07 / root3,
            ("MXNet", "mx.init.Normal()") => 0.01,
            // scale = sqrt(3 / ((i + o) / 2)), a bound or a standard deviation.
            ("MXNet", "Xavier") => Math.Sqrt(3 / ((i + o) / 2)) / root3,
            ("MXNet", "Xavier(rnd_type=\"gaussian\")") => Math.Sqrt(3 / ((i + o) / 2)),
            ("MXNet", "MSRAPrelu") => Math.Sqrt(2 / (1 + (0.25 * 0.25)) / ((i + o) / 2)),
            ("MXNet", "mx.init.Orthogonal()") => 1.414 / Math.Sqrt(Math.Max(i, outputs)),
            ("Deeplearning4j", "UNIFORM") => Math.Sqrt(1 / i) / root3,
            ("Deeplearning4j", "LECUN_UNIFORM") => 3 / Math.Sqrt(i) / root3,
            ("Deeplearning4j", "SIGMOID_UNIFORM") => 4 * Math.Sqrt(6 / (i + o)) / root3,
            _ => throw new InvalidOperationException($"No formula for {row.Framework}'s {row.Theirs[0]}."),
        };
    }

    /// <summary>The page's own expression, as a rule reads it.</summary>
    private static double Written(ComingFromRow row, TensorDescription tensor)
    {
        string numbers = row.Numbers ?? throw new InvalidOperationException($"{row.Theirs[0]} has no numbers.");
        bool isBound = numbers.StartsWith('±');
        ModelDescription model = new([new("w", tensor, ParameterRole.Weight)]);
        Recipe recipe = new([Rule.For(ParameterRole.Weight, $"normal(std={numbers.TrimStart('±')})")]);
        double value = recipe.Apply(model).Rows[0].StandardDeviation!.Value;
        return isBound ? value / Math.Sqrt(3) : value;
    }

    private static double Rms(Initializer initializer, TensorDescription tensor) =>
        Math.Sqrt(Drawn(initializer, tensor).Average(w => (double)w * w));

    private static float[] Drawn(Initializer initializer, TensorDescription tensor)
    {
        float[] values = new float[tensor.Count];
        initializer.Fill(values, tensor, 1, "w");
        return values;
    }
}
