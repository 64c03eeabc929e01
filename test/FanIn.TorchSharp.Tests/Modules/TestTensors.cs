using System.Collections;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

internal static class TestTensors
{
    /// <summary>All elements, row-major, as TorchSharp itself reads them.</summary>
    public static double[] Values(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return [.. tensor.detach().to(ScalarType.Float64).contiguous().data<double>()];
    }

    public static double[] Values(this nn.Module model, string parameter) => model.get_parameter(parameter)!.Values();

    /// <summary>Every parameter's values, by name.</summary>
    public static Dictionary<string, double[]> Snapshot(this nn.Module model) =>
        model.named_parameters().ToDictionary(p => p.name, p => p.parameter.Values());

    /// <summary>What one separate tensor in canonical order gets.</summary>
    public static double[] Drawn(string initializer, TensorDescription tensor, Seed seed, string key)
    {
        float[] values = new float[tensor.Count];
        Initializer.Parse(initializer).Fill(values, tensor, seed, key);
        return [.. values];
    }

    /// <summary>Standard normal numbers from FanIn's own stream, so that torch's generator stays out of it.</summary>
    public static Tensor Normal(string key, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        RandomStream.Create(7, key).FillNormal(values, 0, 1);
        return tensor(values).reshape(shape);
    }

    /// <summary>How many hooks hang on a module and all in it, which TorchSharp doesn't tell by itself.</summary>
    public static int HookCount(this nn.Module model)
    {
        int count = model.children().Sum(HookCount);
        for (Type? type = model.GetType(); type is not null; type = type.BaseType)
        {
            if (type.Name.StartsWith("HookableModule", StringComparison.Ordinal))
            {
                FieldInfo field = type.GetField("post_hooks", BindingFlags.Instance | BindingFlags.NonPublic)!;
                count += ((ICollection)field.GetValue(model)!).Count;
            }
        }
        return count;
    }
}
