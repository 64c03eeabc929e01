using System.Collections;
using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Layers and parameters that modules hold in fields, lists, arrays and dictionaries without having registered them: no
/// optimizer sees them, no <c>to(device)</c> moves them, no checkpoint has them.
/// </summary>
internal static class UnregisteredLayers
{
    /// <summary>Each with the place where it is held: <c>blocks[2]</c>.</summary>
    public static List<(string Place, List<(string Name, Parameter Value)> Parameters)> ListOf(nn.Module model)
    {
        List<(string Path, nn.Module Module)> modules = TorchParameter.ModulesOf(model);
        var known = new HashSet<object>(modules.Select(m => (object)m.Module), ReferenceEqualityComparer.Instance);
        HashSet<TensorIdentity> registered = [.. TorchParameter.ListOf(model).Select(p => TensorIdentity.Of(p.Value))];
        var found = new List<(string, List<(string, Parameter)>)>();
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
                case IDictionary dictionary when depth < 3:
                    foreach (DictionaryEntry entry in dictionary)
                    {
                        Look(entry.Value, $"{place}[{entry.Key}]", depth + 1);
                    }
                    break;
                case IList list when depth < 3:
                    for (int i = 0; i < list.Count; i++)
                    {
                        Look(list[i], $"{place}[{i}]", depth + 1);
                    }
                    break;
            }
        }
    }

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
