using System.Runtime.InteropServices;
using Google.Protobuf;
using Proto = global::Onnx;

namespace FanIn.Onnx.Tests;

/// <summary>Builds small models with the format's own classes, in a folder that goes when the test does.</summary>
internal sealed class Models : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("fanin-onnx-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Save(Proto.ModelProto model, string name = "model.onnx") => Save(model.ToByteArray(), name);

    public string Save(byte[] bytes, string name = "model.onnx")
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public OnnxModel Load(Proto.ModelProto model) => OnnxModel.Load(Save(model));

    /// <summary>A model of one float input x, whose output is the last node's first.</summary>
    public static Proto.ModelProto Of(long?[] shape, Proto.NodeProto[] nodes, params Proto.TensorProto[] initializers)
    {
        var graph = new Proto.GraphProto { Name = "g" };
        graph.Node.Add(nodes);
        graph.Initializer.Add(initializers);
        graph.Input.Add(Value("x", Proto.TensorProto.Types.DataType.Float, shape));
        graph.Output.Add(new Proto.ValueInfoProto { Name = nodes[^1].Output[0] });
        var model = new Proto.ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = "", Version = 15 });
        return model;
    }

    public static Proto.ValueInfoProto Value(string name, Proto.TensorProto.Types.DataType type, params long?[] shape)
    {
        var sizes = new Proto.TensorShapeProto();
        foreach (long? size in shape)
        {
            sizes.Dim.Add(
                size is { } known
                    ? new Proto.TensorShapeProto.Types.Dimension { DimValue = known }
                    : new Proto.TensorShapeProto.Types.Dimension { DimParam = "N" }
            );
        }
        return new()
        {
            Name = name,
            Type = new()
            {
                TensorType = new() { ElemType = (int)type, Shape = sizes },
            },
        };
    }

    public static Proto.NodeProto Node(
        string op,
        string[] inputs,
        string[] outputs,
        params Proto.AttributeProto[] attributes
    )
    {
        var node = new Proto.NodeProto { OpType = op, Name = $"{op}_{outputs[0]}" };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        node.Attribute.Add(attributes);
        return node;
    }

    public static Proto.AttributeProto Attribute(string name, long value) =>
        new()
        {
            Name = name,
            I = value,
            Type = Proto.AttributeProto.Types.AttributeType.Int,
        };

    public static Proto.AttributeProto Attribute(string name, float value) =>
        new()
        {
            Name = name,
            F = value,
            Type = Proto.AttributeProto.Types.AttributeType.Float,
        };

    public static Proto.AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new Proto.AttributeProto { Name = name, Type = Proto.AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    public static Proto.AttributeProto Attribute(string name, Proto.GraphProto body) =>
        new()
        {
            Name = name,
            G = body,
            Type = Proto.AttributeProto.Types.AttributeType.Graph,
        };

    public static Proto.NodeProto Constant(string output, Proto.TensorProto value) =>
        Node(
            "Constant",
            [],
            [output],
            new Proto.AttributeProto
            {
                Name = "value",
                T = value,
                Type = Proto.AttributeProto.Types.AttributeType.Tensor,
            }
        );

    public static Proto.TensorProto Tensor(string name, float[] values, params long[] shape)
    {
        var tensor = new Proto.TensorProto
        {
            Name = name,
            DataType = (int)Proto.TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };
        tensor.Dims.Add(shape);
        return tensor;
    }

    public static Proto.TensorProto Scalar(string name, float value) => Tensor(name, [value]);

    /// <summary>N(0, std) from FanIn's streams, keyed by the name.</summary>
    public static Proto.TensorProto Random(string name, double std, params long[] shape) =>
        Tensor(name, Numbers(name, std, shape), shape);

    public static float[] Numbers(string name, double std, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        RandomStream.Create(7, name).FillNormal(values, std: std);
        return values;
    }

    public static Proto.TensorProto External(
        string name,
        string location,
        long[] shape,
        params (string Key, string Value)[] more
    )
    {
        var tensor = new Proto.TensorProto
        {
            Name = name,
            DataType = (int)Proto.TensorProto.Types.DataType.Float,
            DataLocation = Proto.TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.Add(shape);
        tensor.ExternalData.Add(new Proto.StringStringEntryProto { Key = "location", Value = location });
        foreach ((string key, string value) in more)
        {
            tensor.ExternalData.Add(new Proto.StringStringEntryProto { Key = key, Value = value });
        }
        return tensor;
    }

    /// <summary>x [N, 8] through a Gemm of W [4, 8], transB = 1.</summary>
    public static Proto.ModelProto Gemm(Proto.TensorProto weight) =>
        Of([null, 8], [Node("Gemm", ["x", "w"], ["y"], Attribute("transB", 1))], weight);
}
