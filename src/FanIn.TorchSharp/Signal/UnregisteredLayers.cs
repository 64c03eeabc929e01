using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Layers and parameters that modules hold in fields, lists, arrays and dictionaries without having registered them: no
/// optimizer sees them, no <c>to(device)</c> moves them, no checkpoint has them.
/// </summary>
internal static class UnregisteredLayers
{
    /// <summary>How many collections and helpers lie within one another.</summary>
    private const int Deepest = 4;

    /// <summary>Each with the place where it is held: <c>blocks[2]</c>.</summary>
    public static List<(string Place, List<(string Name, Parameter Value)> Parameters)> ListOf(nn.Module model)
    {
        List<(string Path, nn.Module Module)> modules = TorchParameter.ModulesOf(model);
        var known = new HashSet<object>(modules.Select(m => (object)m.Module), ReferenceEqualityComparer.Instance);
        HashSet<TensorIdentity> registered = [.. TorchParameter.ListOf(model).Select(p => TensorIdentity.Of(p.Value))];
        var found = new List<(string, List<(string, Parameter)>)>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach ((string path, nn.Module module) in modules)
        {
            foreach (FieldInfo field in FieldsOf(module.GetType()))
            {
                string place = Readable(field.Name);
                Look(field.GetValue(module), path.Length == 0 ? place : $"{path}.{place}", depth: 0);
            }
        }
        return found;

        void Look(object? value, string place, int depth)
        {
            switch (value)
            {
                case nn.Module held when known.Add(held):
                    List<(string, Parameter)> own =
                    [
                        .. TorchParameter
                            .ListOf(held)
                            .Where(p => registered.Add(TensorIdentity.Of(p.Value)))
                            .Select(p => (p.Description.Name, p.Value)),
                    ];
                    foreach ((_, nn.Module inner) in TorchParameter.ModulesOf(held))
                    {
                        known.Add(inner);
                    }
                    if (own.Count > 0)
                    {
                        found.Add((place, own));
                    }
                    break;
                case nn.Module:
                    break;
                case Parameter parameter:
                    if (registered.Add(TensorIdentity.Of(parameter)))
                    {
                        found.Add((place, [("", parameter)]));
                    }
                    break;
                case string or Tensor:
                    break;
                // Data that a module carries may be long.
                case IEnumerable when IsOfNumbers(value.GetType()):
                    break;
                case IDictionary dictionary when depth < Deepest:
                    foreach (DictionaryEntry entry in dictionary)
                    {
                        Look(entry.Value, $"{place}[{entry.Key}]", depth + 1);
                    }
                    break;
                case ITuple tuple when depth < Deepest:
                    for (int i = 0; i < tuple.Length; i++)
                    {
                        Look(tuple[i], $"{place}.Item{i + 1}", depth + 1);
                    }
                    break;
                case ICollection collection when depth < Deepest:
                    LookInto(collection, place, depth);
                    break;
                // Sets have no interface of their own without a type.
                case IEnumerable many when depth < Deepest && IsOfFramework(many.GetType()) && IsSet(many.GetType()):
                    LookInto(many, place, depth);
                    break;
                // What helps a module along, a plain object of its author's.
                case not null when depth < Deepest && !IsOfFramework(value.GetType()) && seen.Add(value):
                    foreach (FieldInfo field in FieldsOf(value.GetType()))
                    {
                        Look(field.GetValue(value), $"{place}.{Readable(field.Name)}", depth + 1);
                    }
                    break;
            }
        }

        void LookInto(IEnumerable items, string place, int depth)
        {
            int i = 0;
            foreach (object? item in items)
            {
                Look(item, $"{place}[{i++}]", depth + 1);
            }
        }
    }

    /// <summary>True of .NET's and TorchSharp's own types, and of values without references.</summary>
    private static bool IsOfFramework(Type type) =>
        type.IsPrimitive
        || type.IsEnum
        || type.IsPointer
        || typeof(Delegate).IsAssignableFrom(type)
        || type.Assembly == typeof(nn.Module).Assembly
        || type.Namespace is "System"
        || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true
        || type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true;

    private static bool IsOfNumbers(Type type) =>
        type.IsArray
            ? IsNumber(type.GetElementType()!)
            : type.IsGenericType && Array.TrueForAll(type.GetGenericArguments(), IsNumber);

    private static bool IsNumber(Type type) => type.IsPrimitive || type == typeof(string) || type == typeof(decimal);

    private static bool IsSet(Type type) =>
        Array.Exists(
            type.GetInterfaces(),
            i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlySet<>)
        );

    /// <summary>Those of a module of one's own, down to TorchSharp's classes.</summary>
    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? own = type; own is not null && own.Assembly != typeof(nn.Module).Assembly; own = own.BaseType)
        {
            foreach (
                FieldInfo field in own.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                yield return field;
            }
        }
    }

    /// <summary>A property's own name, where the compiler made the field.</summary>
    private static string Readable(string field) =>
        field.StartsWith('<') && field.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            ? field[1..end]
            : field;
}
