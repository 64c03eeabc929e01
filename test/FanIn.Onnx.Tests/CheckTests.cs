using System.Collections.Immutable;
using Proto = global::Onnx;

namespace FanIn.Onnx.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly Models _models = new();

    public void Dispose() => _models.Dispose();

    private static Proto.ModelProto Mlp(int depth, int width, string activation, double std)
    {
        var nodes = new List<Proto.NodeProto>();
        var tensors = new List<Proto.TensorProto>();
        string value = "x";
        for (int i = 0; i < depth; i++)
        {
            nodes.Add(Models.Node("Gemm", [value, $"fc{i}.weight"], [$"h{i}"], Models.Attribute("transB", 1)));
            nodes.Add(Models.Node(activation, [$"h{i}"], [$"a{i}"]));
            tensors.Add(Models.Random($"fc{i}.weight", std, width, width));
            value = $"a{i}";
        }
        return Models.Of([null, width], [.. nodes], [.. tensors]);
    }

    /// <summary>Held against the products written out, in float64.</summary>
    [Fact]
    public void LayersAreMeasuredBeforeTheirActivation()
    {
        const int Width = 16;
        const int Batch = 5;
        float[] x = Models.Numbers("batch", 1, Batch, Width);
        SignalReport report = OnnxCheck.Run(
            _models.Load(Mlp(3, Width, "Relu", 0.3)),
            new() { Inputs = ImmutableDictionary<string, OnnxBatch>.Empty.Add("", new(x, Batch, Width)) }
        );
        Assert.Equal(["fc0", "fc1", "fc2"], report.Observation.Layers.Select(layer => layer.Name));
        Assert.NotNull(report.Observation.WithoutGradients);
        double[] signal = [.. x.Select(v => (double)v)];
        for (int i = 0; i < 3; i++)
        {
            float[] w = Models.Numbers($"fc{i}.weight", 0.3, Width, Width);
            double[] next = new double[signal.Length];
            for (int b = 0; b < Batch; b++)
            {
                for (int o = 0; o < Width; o++)
                {
                    for (int k = 0; k < Width; k++)
                    {
                        next[(b * Width) + o] += w[(o * Width) + k] * signal[(b * Width) + k];
                    }
                }
            }
            LayerObservation layer = report.Observation.Layers[i];
            Assert.Equal(Math.Sqrt(next.Average(v => v * v)), layer.Output.Rms, 1e-5);
            Assert.Equal(Math.Sqrt(signal.Average(v => v * v)), layer.Input!.Rms, 1e-5);
            Assert.Equal("relu", layer.Activation?.ToString());
            int dead = Enumerable
                .Range(0, Width)
                .Count(o => Enumerable.Range(0, Batch).All(b => next[(b * Width) + o] <= 0));
            Assert.Equal((double)dead / Width, layer.DeadShare);
            double cosine = Enumerable
                .Range(0, Batch)
                .SelectMany(a => Enumerable.Range(0, Batch).Where(b => b != a).Select(b => Cosine(next, a, b, Width)))
                .Average();
            Assert.Equal(cosine, layer.Correlation!.Value, 1e-5);
            signal = [.. next.Select(v => Math.Max(v, 0))];
        }
    }

    private static double Cosine(double[] rows, int a, int b, int width)
    {
        double Dot(int i, int j) => Enumerable.Range(0, width).Sum(k => rows[(i * width) + k] * rows[(j * width) + k]);
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }

    [Fact]
    public void ManyShortRunsMeasureWhatOneDoes()
    {
        OnnxModel model = _models.Load(Mlp(6, 32, "Tanh", 0.2));
        SignalReport one = OnnxCheck.Run(model);
        SignalReport many = OnnxCheck.Run(model, new() { MemoryBudget = 1 });
        Assert.Equal(
            one.Observation.Layers.Select(l => l.Output.Rms),
            many.Observation.Layers.Select(l => l.Output.Rms)
        );
        Assert.All(one.Observation.Layers, layer => Assert.NotNull(layer.SaturatedShare));
    }

    [Fact]
    public void TheoryIsToldTheChain()
    {
        SignalReport report = OnnxCheck.Run(
            _models.Load(Mlp(4, 256, "Relu", Math.Sqrt(2.0 / 256))),
            new() { Batch = 32 }
        );
        Assert.Equal(4, report.Prediction!.Layers.Length);
        Assert.True(report.Prediction.IsChain);
        Assert.All(
            report.Prediction.Layers.Zip(report.Observation.Layers),
            // Width 256, four layers: a tenth is several standard deviations.
            pair => Assert.InRange(pair.Second.Output.Rms / pair.First.Rms, 0.85, 1.15)
        );
    }

    [Theory]
    [InlineData("silu")]
    [InlineData("gelu")]
    [InlineData("hardswish")]
    [InlineData("gelu_tanh")]
    [InlineData("quick_gelu")]
    [InlineData("mish")]
    [InlineData("relu6")]
    [InlineData("leaky_relu(0.2)")]
    public void ActivationsAreFoundAsExportersWriteThem(string name)
    {
        Proto.NodeProto[] nodes = name switch
        {
            "silu" => [Models.Node("Sigmoid", ["h"], ["s"]), Models.Node("Mul", ["h", "s"], ["y"])],
            "gelu" =>
            [
                Models.Node("Div", ["h", "root2"], ["d"]),
                Models.Node("Erf", ["d"], ["e"]),
                Models.Node("Add", ["e", "one"], ["p"]),
                Models.Node("Mul", ["h", "p"], ["m"]),
                Models.Node("Mul", ["m", "half"], ["y"]),
            ],
            // Half of x first, as some exporters have it; the cube as a product.
            "gelu_tanh" =>
            [
                Models.Node("Mul", ["h", "half"], ["halved"]),
                Models.Node("Mul", ["h", "h"], ["h2"]),
                Models.Node("Mul", ["h2", "h"], ["h3"]),
                Models.Node("Mul", ["h3", "cubic"], ["c"]),
                Models.Node("Add", ["h", "c"], ["s"]),
                Models.Node("Mul", ["s", "root"], ["r"]),
                Models.Node("Tanh", ["r"], ["t"]),
                Models.Node("Add", ["t", "one"], ["p"]),
                Models.Node("Mul", ["halved", "p"], ["y"]),
            ],
            "quick_gelu" =>
            [
                Models.Node("Mul", ["h", "steep"], ["s"]),
                Models.Node("Sigmoid", ["s"], ["g"]),
                Models.Node("Mul", ["h", "g"], ["y"]),
            ],
            "hardswish" =>
            [
                Models.Node("Add", ["h", "three"], ["p"]),
                Models.Node("Clip", ["p", "zero", "six"], ["c"]),
                Models.Node("Mul", ["h", "c"], ["m"]),
                Models.Node("Div", ["m", "six"], ["y"]),
            ],
            "mish" =>
            [
                Models.Node("Softplus", ["h"], ["s"]),
                Models.Node("Tanh", ["s"], ["t"]),
                Models.Node("Mul", ["h", "t"], ["y"]),
            ],
            "relu6" => [Models.Node("Clip", ["h", "zero", "six"], ["y"])],
            _ => [Models.Node("LeakyRelu", ["h"], ["y"], Models.Attribute("alpha", 0.2f))],
        };
        OnnxModel model = _models.Load(
            Models.Of(
                [null, 8],
                [Models.Node("MatMul", ["x", "w"], ["h"]), .. nodes],
                Models.Random("w", 1, 8, 8),
                Models.Scalar("root2", MathF.Sqrt(2)),
                Models.Scalar("one", 1),
                Models.Scalar("half", 0.5f),
                Models.Scalar("zero", 0),
                Models.Scalar("three", 3),
                Models.Scalar("six", 6),
                Models.Scalar("cubic", 0.044715f),
                Models.Scalar("root", 0.7978846f),
                Models.Scalar("steep", 1.702f)
            )
        );
        var finder = new ActivationFinder(model);
        Assert.Equal((name, "y"), (finder.Match("h")?.Activation.ToString(), finder.Match("h")?.Output));
    }

    /// <summary>Channels behind channels widen a layer; examples or rows behind each other don't.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(0, false)]
    public void OnlyUnitsAreConcatenated(int axis, bool isKnown)
    {
        SignalReport report = OnnxCheck.Run(
            _models.Load(
                Models.Of(
                    [4, 3, 8, 8],
                    [
                        Models.Node("Conv", ["x", "a"], ["ya"]),
                        Models.Node("Conv", ["x", "b"], ["yb"]),
                        Models.Node("Concat", ["ya", "yb"], ["both"], Models.Attribute("axis", (long)axis)),
                        Models.Node("Conv", ["both", axis == 1 ? "wide" : "narrow"], ["y"]),
                    ],
                    Models.Random("a", 0.5, 6, 3, 1, 1),
                    Models.Random("b", 0.5, 6, 3, 1, 1),
                    Models.Random("wide", 0.5, 4, 12, 1, 1),
                    Models.Random("narrow", 0.5, 4, 6, 1, 1)
                )
            )
        );
        Assert.Equal(3, report.Prediction!.Layers.Length);
        Assert.Equal(
            !isKnown,
            report.Findings.Any(f => f.Message.Contains("no rule for Concat", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void WindowsThatReachIntoPaddingHaveNoRule(int pad, bool isKnown)
    {
        SignalReport report = OnnxCheck.Run(
            _models.Load(
                Models.Of(
                    [4, 3, 8, 8],
                    [
                        Models.Node("Conv", ["x", "a"], ["h"]),
                        Models.Node(
                            "AveragePool",
                            ["h"],
                            ["p"],
                            Models.Attribute("kernel_shape", 2, 2),
                            Models.Attribute("strides", 2, 2),
                            Models.Attribute("pads", pad, pad, pad, pad)
                        ),
                        Models.Node("Conv", ["p", "b"], ["y"]),
                    ],
                    Models.Random("a", 0.5, 6, 3, 1, 1),
                    Models.Random("b", 0.5, 6, 6, 1, 1)
                )
            )
        );
        Assert.Equal(
            !isKnown,
            report.Findings.Any(f => f.Message.Contains("no rule for AveragePool", StringComparison.Ordinal))
        );
    }

    /// <summary>A fresh model's running statistics make it a multiplication; trained ones move each unit otherwise.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(0.5f, false)]
    public void BatchNormalizationOfAFreshModelMultiplies(float mean, bool isKnown)
    {
        const int Width = 128;
        static float[] All(float value) => [.. Enumerable.Repeat(value, Width)];
        SignalReport report = OnnxCheck.Run(
            _models.Load(
                Models.Of(
                    [64, Width],
                    [
                        Models.Node("Gemm", ["x", "a"], ["h"]),
                        Models.Node("BatchNormalization", ["h", "scale", "shift", "mean", "variance"], ["n"]),
                        Models.Node("Gemm", ["n", "b"], ["y"]),
                    ],
                    Models.Random("a", Math.Sqrt(1.0 / Width), Width, Width),
                    Models.Random("b", Math.Sqrt(1.0 / Width), Width, Width),
                    Models.Tensor("scale", All(3), Width),
                    Models.Tensor("shift", All(0), Width),
                    Models.Tensor("mean", All(mean), Width),
                    Models.Tensor("variance", All(0.25f), Width)
                )
            )
        );
        Assert.Equal(
            !isKnown,
            report.Findings.Any(f => f.Message.Contains("no rule for BatchNormalization", StringComparison.Ordinal))
        );
        if (isKnown)
        {
            // 3 / sqrt(1/4): six times what went in, up to the weights' own spread.
            Assert.InRange(report.Prediction!.Layers[1].Rms / report.Prediction.Layers[0].Rms, 5.7, 6.3);
            Assert.InRange(report.Observation.Layers[1].Output.Rms / report.Observation.Layers[0].Output.Rms, 5.7, 6.3);
        }
    }

    /// <summary>Weights in eight bits without a usual scale aren't read; that is said, not passed over.</summary>
    [Fact]
    public void TypesThatAreNotReadAreSaid()
    {
        var odd = new Proto.TensorProto
        {
            Name = "w",
            DataType = 19,
            RawData = Google.Protobuf.ByteString.CopyFrom(new byte[64]),
        };
        odd.Dims.Add([8, 8]);
        Proto.ModelProto proto = Models.Of(
            [4, 8],
            [
                Models.Node("Cast", ["w"], ["wf"], Models.Attribute("to", 1)),
                Models.Node("MatMul", ["x", "wf"], ["h"]),
                Models.Node("DequantizeLinear", ["w", "scale"], ["q"]),
                Models.Node("MatMul", ["h", "q"], ["y"]),
            ],
            odd,
            Models.Scalar("scale", 0.5f)
        );
        // Types of eight bits are known from version 19 on.
        proto.OpsetImport[0].Version = 21;
        proto.IrVersion = 10;
        string[] messages = [.. OnnxCheck.Run(_models.Load(proto)).Findings.Select(f => f.Message)];
        Assert.Contains(
            messages,
            m =>
                m.StartsWith(
                    "1 tensor is of the type float8e5m2, whose values the check doesn't read",
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            messages,
            m =>
                m.StartsWith(
                    "The values of one parameter aren't looked at: 'w' has 64 of the type float8e5m2",
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>The nodes of GELU, SiLU and Mish with other numbers, or put together otherwise, are other functions.</summary>
    [Theory]
    [InlineData("erf without the root of 2")]
    [InlineData("erf of something else")]
    [InlineData("tanh with another cube")]
    [InlineData("sigmoid of twice x")]
    public void WhatOnlyLooksLikeAnActivationIsNone(string what)
    {
        Proto.NodeProto[] nodes = what switch
        {
            "erf without the root of 2" =>
            [
                Models.Node("Erf", ["h"], ["e"]),
                Models.Node("Add", ["e", "one"], ["p"]),
                Models.Node("Mul", ["h", "p"], ["m"]),
                Models.Node("Mul", ["m", "half"], ["y"]),
            ],
            "erf of something else" =>
            [
                Models.Node("Mul", ["x", "root"], ["d"]),
                Models.Node("Erf", ["d"], ["e"]),
                Models.Node("Add", ["e", "one"], ["p"]),
                Models.Node("Mul", ["h", "p"], ["m"]),
                Models.Node("Mul", ["m", "half"], ["y"]),
            ],
            "tanh with another cube" =>
            [
                Models.Node("Mul", ["h", "h"], ["h2"]),
                Models.Node("Mul", ["h2", "h"], ["h3"]),
                Models.Node("Add", ["h", "h3"], ["s"]),
                Models.Node("Tanh", ["s"], ["t"]),
                Models.Node("Add", ["t", "one"], ["p"]),
                Models.Node("Mul", ["h", "p"], ["m"]),
                Models.Node("Mul", ["m", "half"], ["y"]),
            ],
            _ =>
            [
                Models.Node("Add", ["h", "h"], ["s"]),
                Models.Node("Sigmoid", ["s"], ["g"]),
                Models.Node("Mul", ["h", "g"], ["y"]),
            ],
        };
        var finder = new ActivationFinder(
            _models.Load(
                Models.Of(
                    [null, 8],
                    [Models.Node("MatMul", ["x", "w"], ["h"]), .. nodes],
                    Models.Random("w", 1, 8, 8),
                    Models.Scalar("one", 1),
                    Models.Scalar("half", 0.5f),
                    Models.Scalar("root", 0.70710677f)
                )
            )
        );
        Assert.Null(finder.Match("h"));
    }

    [Fact]
    public void OpenShapesAreAskedFor()
    {
        OnnxModel model = _models.Load(
            Models.Of([1, 3, null, null], [Models.Node("Conv", ["x", "k"], ["y"])], Models.Random("k", 1, 4, 3, 3, 3))
        );
        string message = Assert.Throws<OnnxException>(() => OnnxCheck.Run(model)).Message;
        Assert.EndsWith(
            "leaves the shape of an input open: float x [1, 3, ?, ?]. Give it with --input-shape 1,3,?,?, where each '?' is a number that the model is used with.",
            message,
            StringComparison.Ordinal
        );
        var shapes = ImmutableDictionary<string, ImmutableArray<long>>.Empty;
        Assert.Single(OnnxCheck.Run(model, new() { InputShapes = shapes.Add("x", [1, 3, 12, 12]) }).Observation.Layers);
        Assert.Contains(
            "[1, 4, 12, 12] doesn't fit the input float x [1, 3, ?, ?]",
            Assert
                .Throws<OnnxException>(() =>
                    OnnxCheck.Run(model, new() { InputShapes = shapes.Add("x", [1, 4, 12, 12]) })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no input 'z'; its inputs are: float x [1, 3, ?, ?].",
            Assert
                .Throws<OnnxException>(() => OnnxCheck.Run(model, new() { InputShapes = shapes.Add("z", [1]) }))
                .Message,
            StringComparison.Ordinal
        );
        // Of a recurrent model the state too, at once; what isn't known is not made up.
        Proto.ModelProto recurrent = Models.Of(
            [null, null],
            [Models.Node("Add", ["x", "state"], ["y"]), Models.Node("MatMul", ["y", "w"], ["z"])],
            Models.Random("w", 1, 4, 4)
        );
        recurrent.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimParam = "T";
        recurrent.Graph.Input.Add(Models.Value("state", Proto.TensorProto.Types.DataType.Float, 2, null, 128));
        recurrent.Graph.Input[1].Type.TensorType.Shape.Dim[1].DimParam = "S";
        Assert.EndsWith(
            "leaves the shapes of inputs open: float x [?, ?]; float state [2, ?, 128]. Give them with --input-shape x=8,? --input-shape state=2,?,128, where each '?' is a number that the model is used with.",
            Assert.Throws<OnnxException>(() => OnnxCheck.Run(_models.Load(recurrent))).Message,
            StringComparison.Ordinal
        );
        // Too small for the kernel: ONNX Runtime says so.
        Assert.StartsWith(
            "ONNX Runtime can't run",
            Assert
                .Throws<OnnxException>(() =>
                    OnnxCheck.Run(model, new() { InputShapes = shapes.Add("x", [1, 3, 1, 1]) })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void UnknownOperatorsArePassedThroughAndSaid()
    {
        Proto.NodeProto odd = Models.Node("Magic", ["h"], ["m"]);
        odd.Domain = "com.example";
        OnnxModel model = _models.Load(
            Models.Of(
                [null, 8],
                [Models.Node("MatMul", ["x", "w"], ["h"]), odd, Models.Node("MatMul", ["m", "v"], ["y"])],
                Models.Random("w", 0.3, 8, 8),
                Models.Random("v", 0.3, 8, 8)
            )
        );
        SignalReport report = OnnxCheck.Run(model);
        Assert.Equal(2, report.Observation.Layers.Length);
        Assert.Equal(report.Observation.Layers[0].Output.Rms, report.Observation.Layers[1].Input!.Rms);
        Assert.Contains(
            report.Findings,
            f =>
                f.Kind == FindingKind.UnknownOperator
                && f.Message.Contains("Magic of domain 'com.example'", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void AnOperatorThatOnnxDoesntHaveLeavesTheWeights()
    {
        SignalReport report = OnnxCheck.Run(
            _models.Load(
                Models.Of(
                    [null, 8],
                    [Models.Node("MatMul", ["x", "w"], ["h"]), Models.Node("Frobnicate", ["h"], ["y"])],
                    Models.Random("w", 1, 8, 8)
                )
            )
        );
        Assert.Empty(report.Observation.Layers);
        Assert.Single(report.Observation.Parameters);
        Assert.Contains(
            report.Findings,
            f => f.Kind == FindingKind.UnknownOperator && f.Message.Contains("can't be run", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ARecipeDrawsTheModelAnewInMemory()
    {
        Proto.ModelProto proto = Mlp(3, 64, "Relu", 5);
        // One in the file as raw data, one as typed values, one beside it.
        float[] typed = Models.Numbers("fc1.weight", 5, 64, 64);
        proto.Graph.Initializer[1].ClearRawData();
        proto.Graph.Initializer[1].FloatData.Add(typed);
        _models.Save(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(typed).ToArray(), "w.bin");
        proto.Graph.Initializer[2] = Models.External("fc2.weight", "w.bin", [64, 64]);
        OnnxModel model = _models.Load(proto);
        byte[] before = [.. model.File];
        OnnxCheckOptions options = new()
        {
            Recipe = Recipe.Of(Initializer.HeNormal()),
            Seeds = 3,
            Seed = 11,
        };
        SignalReport report = OnnxCheck.Run(model, options);
        Assert.Equal(before, model.File);
        foreach (ParameterObservation parameter in report.Observation.Parameters)
        {
            var expected = new float[64 * 64];
            Initializer.HeNormal().Fill(expected, TensorDescription.Dense(64, 64), 11, parameter.Description.Name);
            Assert.Equal(TensorStatistics.Of(expected).Rms, parameter.Values.Rms, 1e-12);
        }
        // ONNX Runtime computed with them: a std of 5 would give 40 times as much.
        Assert.All(report.Observation.Layers, layer => Assert.InRange(layer.Output.Rms, 0.5, 3));
        // The same again, and other weights for other seeds.
        Assert.Equal(
            report.Observation.Layers.Select(l => l.Output.Rms),
            OnnxCheck.Run(model, options).Observation.Layers.Select(l => l.Output.Rms)
        );
        Assert.NotEqual(
            report.Observation.Layers[2].Output.Rms,
            OnnxCheck.Run(model, options with { Seed = 12 }).Observation.Layers[2].Output.Rms
        );
        Assert.Contains(
            "'lsuv' fits weights to data step by step",
            Assert
                .Throws<OnnxException>(() =>
                    OnnxCheck.Run(model, new() { Recipe = Recipe.Of(Initializer.Parse("lsuv")) })
                )
                .Message,
            StringComparison.Ordinal
        );
    }
}
