using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Companies;
using Crm.Domain.Companies;

namespace Crm.Api.Companies;

/// <summary>Companies over HTTP.</summary>
internal sealed class CompanyEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapRecords<Company>()
        .List(query => new ListCompanies(query))
        .Query(query => new QueryCompanies(query))
        .Get((id, selection) => new GetCompany(id, selection))
        .Create(input => new CreateCompany(input))
        .Update((id, input, version) => new UpdateCompany(id, input, version))
        .Delete((id, version, purge) => new DeleteCompany(id, version, purge))
        .Restore((id, version) => new RestoreCompany(id, version));
}
